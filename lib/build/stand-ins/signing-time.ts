const FORMAT = 'YYYYMMDDTHHmmss';

/**
 * In place of moment, for the SDK's signers: they want the time of now, in UTC, as `20060102T150405`.
 *
 * @throws {Error} when anything else is asked of it, a time of the caller's included
 */
export default function signingTime(...given: readonly unknown[]) {
  const refuse = (what: string): never => {
    throw new Error(`moment is not in this bundle; ${what} is more than a signature needs`);
  };
  if (given.length > 0) refuse('a given time');
  // As moment asks: a clock that was moved moves it too.
  const digits = new Date(Date.now()).toISOString().replace(/[-:]|\.\d+Z$/g, '');
  return {
    utcOffset: (minutes: number) => ({
      format: (format: string) => (minutes === 0 && format === FORMAT ? digits : refuse(`${format} at ${minutes}`)),
    }),
  };
}
