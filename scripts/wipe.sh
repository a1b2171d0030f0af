#!/bin/sh
# Takes away what a session leaves on a rack: its account and its configuration. A stand-in that says what it would do.
# Use it for deprovision. Doing it twice is doing it once.
set -eu

facts=$(cat)
fact() { printf '%s' "$facts" | sed -n "s/.*\"$1\": *\"\([A-Za-z0-9_-]*\)\".*/\1/p"; }
rack=$(fact resource)
booking=$(fact booking)
[ -n "$rack" ] && [ -n "$booking" ] || { echo "no rack or no booking is named" >&2; exit 2; }

echo "$rack: removing the account of $booking"
echo "$rack: restoring the factory configuration"
echo "$rack: clean"
