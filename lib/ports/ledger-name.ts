import { LedgerError } from './ledger-error.ts';

const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,200}$/;

/**
 * Returns the name if every store can keep it: segments of `[A-Za-z0-9_.-]`, 1 to 200 long and neither `.` nor `..`, separated by `/`.
 *
 * @throws {LedgerError} permanent, for any other name; nothing has been read or written
 */
export function checkName(name: string): string {
  if (name.length <= 800 && name.split('/').every((segment) => SEGMENT.test(segment))) return name;
  throw new LedgerError(
    `ledger: ${JSON.stringify(name.slice(0, 100))} is not a valid name; use segments of letters, digits, "_", "." and "-", separated by "/"`,
    { temporary: false },
  );
}

/**
 * Returns the list's name if every store can append the text: the name is valid, and the text is not empty.
 *
 * @throws {LedgerError} permanent, otherwise
 */
export function checkAppend(list: string, text: string): string {
  if (text !== '') return checkName(list);
  throw new LedgerError(`ledger append ${list}: the text is empty; pass at least one character`, {
    temporary: false,
  });
}
