/** Is it the name of a time zone that this runtime knows (`Europe/Berlin`, `UTC`)? */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** The date that clocks in a time zone show at a moment, as `YYYY-MM-DD`. `undefined` when the text is no moment. */
export function dateInZone(time: string, timeZone: string): string | undefined {
  const moment = new Date(time);
  if (Number.isNaN(moment.getTime())) return undefined;
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const of = new Map(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
  return `${of.get('year')?.padStart(4, '0')}-${of.get('month')}-${of.get('day')}`;
}
