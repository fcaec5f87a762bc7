const FORMAT = 'YYYYMMDDTHHmmss';

/**
 * Replaces moment for the SDK's signers, which need the current time, in UTC, as `20060102T150405`.
 *
 * @throws {Error} for any other use, including a given time
 */
export default function signingTime(...given: readonly unknown[]) {
  const refuse = (what: string): never => {
    throw new Error(`moment is not in this bundle; ${what} is not supported, because signatures do not need it`);
  };
  if (given.length > 0) refuse('a given time');
  // Date.now(), like moment, so that a fake clock works.
  const digits = new Date(Date.now()).toISOString().replace(/[-:]|\.\d+Z$/g, '');
  return {
    utcOffset: (minutes: number) => ({
      format: (format: string) => (minutes === 0 && format === FORMAT ? digits : refuse(`${format} at ${minutes}`)),
    }),
  };
}
