#!/bin/sh
# Switches the power of a rack on or off, and says what the chassis says. A stand-in for `ipmitool chassis power`: its
# chassis is a file with the word `on` or `off`. Use it for power_on and for power_off: the facts on standard input name
# the step and the rack. Doing it twice is doing it once.
#
# A real one would replace the two functions:
#   chassis_status() { ipmitool -I lanplus -H "$bmc" -U "$user" -f "$password_file" chassis power status; }
#   switch()         { ipmitool -I lanplus -H "$bmc" -U "$user" -f "$password_file" chassis power "$1"; }
set -eu

facts=$(cat)
fact() { printf '%s' "$facts" | sed -n "s/.*\"$1\": *\"\([A-Za-z0-9_-]*\)\".*/\1/p"; }
rack=$(fact resource)
step=$(fact step)
[ -n "$rack" ] || { echo "no rack is named" >&2; exit 2; }

chassis_of_all=${BERTH_POWER_DIR:-/tmp/berth-power-$(id -u)}
chassis="$chassis_of_all/$rack"

chassis_status() { echo "Chassis Power is $(cat "$chassis" 2>/dev/null || echo off)"; }
switch() { echo "Chassis Power Control: $1"; echo "$1" > "$chassis.new"; mv "$chassis.new" "$chassis"; }

case "$step" in
    power_on) wanted=on ;;
    power_off) wanted=off ;;
    *) echo "power.sh is for power_on and power_off, not for '$step'" >&2; exit 2 ;;
esac

mkdir -p "$chassis_of_all"
chmod 0700 "$chassis_of_all"
echo "$rack: $(chassis_status)"
[ "$(chassis_status)" = "Chassis Power is $wanted" ] || switch "$wanted"
echo "$rack: $(chassis_status)"
