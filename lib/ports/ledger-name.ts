import { LedgerError } from './ledger-error.ts';

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,200}$/;

/**
 * Lets through the names that every store can keep: segments of `[A-Za-z0-9_.-]`, 1 to 200 long and neither `.` nor `..`, separated by `/`.
 *
 * @throws {LedgerError} permanent, for any other; nothing has been read or written then
 */
export function checkName(name: string): string {
  if (name.length <= 800 && name.split('/').every((segment) => SEGMENT.test(segment))) return name;
  throw new LedgerError(
    `ledger: ${JSON.stringify(name.slice(0, 100))} is no name; use segments of letters, digits, "_", "." and "-", separated by "/"`,
    { temporary: false },
  );
}

/**
 * Lets through what every store can append: a name as above and some text.
 *
 * @throws {LedgerError} permanent, for any other
 */
export function checkAppend(list: string, text: string): string {
  if (text !== '') return checkName(list);
  throw new LedgerError(`ledger append ${list}: there is nothing to append; give at least one character`, {
    temporary: false,
  });
}
