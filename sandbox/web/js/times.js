/** Times as people read them, in the zone of this browser; the server speaks Unix seconds. */

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const SHORT_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const LONG_DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });

const moment = (seconds) => new Date(seconds * 1000);
const dayStart = (seconds) => moment(seconds).setHours(0, 0, 0, 0);

export const clockTime = (seconds) => CLOCK.format(moment(seconds));
export const dayAndTime = (seconds) => `${DAY.format(moment(seconds)).replace(",", "")}, ${clockTime(seconds)}`;
export const isSameDay = (one, other) => dayStart(one) === dayStart(other);

/** The offset of this browser's zone, as in "GMT+5:30". */
export function zoneName() {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "shortOffset" }).formatToParts(new Date());
  return parts.find((part) => part.type === "timeZoneName").value;
}

/** Whole days from the day of `seconds` to the day of `now`. */
function daysAgo(seconds, now) {
  return Math.round((dayStart(now) - dayStart(seconds)) / 86_400_000);
}

/** The words over a day's messages: Today, Yesterday or the date. */
export function dayLabel(seconds, now) {
  const days = daysAgo(seconds, now);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return LONG_DAY.format(moment(seconds));
}

/** When a person's last message came, as short as the list needs it. */
export function listTime(seconds, now) {
  const days = daysAgo(seconds, now);
  if (days <= 0) return clockTime(seconds);
  return days < 7 ? WEEKDAY.format(moment(seconds)) : SHORT_DAY.format(moment(seconds));
}
