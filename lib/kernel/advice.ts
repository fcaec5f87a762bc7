import { CLOUD_CODES } from './cloud-codes.ts';
import { CALL_CODES, type CodeEntry, ERROR_CODES, RUN_CODES } from './codes.ts';

/** What a code means, and what to do about it. */
export interface Advice {
  readonly code: string;
  readonly meaning: string;
  readonly remedy: string;
}

/** A cloud code within a message. For a failed task it is all that the service returns. */
const CLOUD_CODE = /\b(?:DCS|SMS|APIGW?|FSS|CBC)\.\d{4,8}\b/;
/** The other form in which DCS writes its codes. */
const LONG_DCS_CODE = /\b111400(\d{3})\b/;

const UNLISTED: CodeEntry = {
  meaning: 'a service code that is not in the catalogue',
  remedy: 'look it up in the error codes of its API reference; its support will ask for the request id',
};

const parts = (code: string) => /^(.*\.)(\d+)$/.exec(code);

/** Is a code among those of a row, such as `A.1`, `A.2` to `A.4`? */
function isListed(code: string, codes: string): boolean {
  if (codes.includes(`\`${code}\``)) return true;
  const [, service, number] = parts(code) ?? [];
  return [...codes.matchAll(/`([^`]+)` to `([^`]+)`/g)].some(([, from = '', to = '']) => {
    const [first, last] = [parts(from), parts(to)];
    return first?.[1] === service && Number(number) >= Number(first?.[2]) && Number(number) <= Number(last?.[2]);
  });
}

function cloudAdvice(code: string): Advice | undefined {
  // The gateway uses both spellings.
  const known = code.replace(/^APIG\./, 'APIGW.');
  const row = CLOUD_CODES.flatMap(({ rows }) => rows).find(({ codes }) => isListed(known, codes));
  return row && { code, meaning: row.meaning, remedy: row.remedy };
}

/**
 * Returns the advice for a failure, by the cloud code in it if there is one, else by our own code. Markdown links become plain text.
 *
 * @returns `undefined` for a code that no table lists
 */
export function adviceFor({ code, message }: { readonly code: string; readonly message: string }): Advice | undefined {
  const long = LONG_DCS_CODE.exec(`${code} ${message}`)?.[1];
  const cloudCode = CLOUD_CODE.exec(`${code} ${message}`)?.[0] ?? (long === undefined ? undefined : `DCS.4${long}`);
  const tables: Readonly<Record<string, CodeEntry>> = { ...ERROR_CODES, ...CALL_CODES, ...RUN_CODES };
  const ours = Object.hasOwn(tables, code) ? tables[code] : undefined;
  const unlisted = cloudCode === undefined ? undefined : { code: cloudCode, ...UNLISTED };
  const found = (cloudCode && cloudAdvice(cloudCode)) || cloudAdvice(code) || unlisted || (ours && { code, ...ours });
  if (!found) return undefined;
  const plain = (text: string) => text.replaceAll(/\[([^\]]*)\]\(([^)]*)\)/g, '$1 (docs/$2)').replaceAll('`', '');
  return { code: found.code, meaning: plain(found.meaning), remedy: plain(found.remedy) };
}

/** The advice as one line. */
export function adviceText({ code, meaning, remedy }: Advice): string {
  return `${code}: ${meaning.replace(/\.$/, '')}; ${remedy}`;
}
