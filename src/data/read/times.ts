/** Times of binary formats as text. */

const millisecondsOfDay = 86_400_000;
const two = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
const three = (n: number) => (n < 100 ? `0${two[n]}` : String(n));

/** First and last day of the years 0 to 9999, since 1970: others have more digits. */
const [firstDay, lastDay] = [-719_528, 2_932_896];

/** The date of a day since 1970. Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms" (civil_from_days). */
function dayText(day: number): string {
  // years begin in March, so that the leap day is their last; eras have 400 of them
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const year = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100));
  const month = Math.floor((5 * ofYear + 2) / 153);
  const date = ofYear - Math.floor((153 * month + 2) / 5) + 1;
  const calendar = year + 400 * era + (month >= 10 ? 1 : 0);
  return `${two[Math.floor(calendar / 100)]}${two[calendar % 100]}-${two[month < 10 ? month + 3 : month - 9]}-${two[date]}`;
}

/** Milliseconds since 1970 as ISO 8601, without the time at midnight; undefined outside the range of dates. */
export function dateText(milliseconds: number): string | undefined {
  const whole = Math.trunc(milliseconds);
  const day = Math.floor(whole / millisecondsOfDay);
  if (!(day >= firstDay && day <= lastDay)) {
    const date = new Date(milliseconds);
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('T00:00:00.000Z', '');
  }
  const ofDay = whole - day * millisecondsOfDay;
  if (ofDay === 0) return dayText(day);
  const seconds = Math.floor(ofDay / 1000);
  const minutes = Math.floor(seconds / 60);
  const time = `${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds % 60]}`;
  return `${dayText(day)}T${time}.${three(ofDay % 1000)}Z`;
}
