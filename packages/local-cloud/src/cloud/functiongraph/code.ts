import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { errors } from './errors.ts';
import type { codeBody } from './function-bodies.ts';
import type { CodeRecord } from './records.ts';
import { unzip, ZipError } from './zip.ts';

const MB = 1024 * 1024;
/** Size limits of a package: 50 MB in a request, 300 MB from OBS, 1500 MB unpacked, 10 KB inline (product description, 2025-05-14; FSS.1071, FSS.1072). */
const MAX_ZIP_BYTES = 50 * MB;
const MAX_OBS_BYTES = 300 * MB;
const MAX_UNPACKED_BYTES = 1500 * MB;
const MAX_INLINE_BYTES = 10 * 1024;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** An opened package. */
export interface OpenedCode {
  readonly record: CodeRecord;
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Opens the package of a request that creates or updates code. @throws {ServiceError} */
export async function openCode(
  body: z.output<typeof codeBody>,
  readObject: (url: string) => Promise<Buffer | undefined>,
): Promise<OpenedCode> {
  const { code_type: type, code_url: url = '', code_filename: filename = '' } = body;
  if (type !== 'obs' && url !== '') throw errors.badUrl('code_url is only for code_type obs.');
  if (type === 'inline') return opened(body, inlineCode(body), (content) => new Map([['index.js', content]]));
  if (type === 'zip') {
    if (!/\.zip$/i.test(filename))
      throw errors.badFileName('code_type zip requires a code_filename that ends in .zip.');
    return opened(body, sentZip(body), unpack);
  }
  if (type !== 'obs') throw errors.badCodeType(`${type} is not supported for Node.js.`);
  const content = await readObject(url);
  if (content === undefined) throw errors.unknownPackage();
  if (content.length > MAX_OBS_BYTES) throw errors.codeTooLarge('300 MB');
  return opened(body, content, unpack);
}

function opened(
  body: z.output<typeof codeBody>,
  content: Buffer,
  read: (content: Buffer) => Map<string, Buffer>,
): OpenedCode {
  const files = read(content);
  const record: CodeRecord = {
    code_type: body.code_type,
    code_filename: body.code_filename ?? '',
    code_url: body.code_url ?? '',
    code_size: content.length,
    digest: createHash('sha512').update(content).digest('hex'),
    files: [...files.keys()].sort(),
    depend_version_list: body.depend_version_list ?? [],
  };
  return { record, files };
}

function unpack(content: Buffer): Map<string, Buffer> {
  try {
    return unzip(content, MAX_UNPACKED_BYTES);
  } catch (error) {
    if (error instanceof ZipError) throw errors.badCode(`${error.message}.`);
    throw error;
  }
}

function sentZip(body: z.output<typeof codeBody>): Buffer {
  const content = decode(body);
  if (content.length > MAX_ZIP_BYTES) throw errors.codeTooLarge('50 MB');
  return content;
}

function inlineCode(body: z.output<typeof codeBody>): Buffer {
  const content = decode(body);
  if (content.length > MAX_INLINE_BYTES) throw errors.inlineTooLarge();
  return content;
}

function decode({ func_code: code }: z.output<typeof codeBody>): Buffer {
  const { file = '' } = code ?? {};
  if (file === '') throw errors.noCode();
  if (file.length % 4 !== 0 || !BASE64.test(file)) throw errors.badCode('func_code.file is not Base64.');
  return Buffer.from(file, 'base64');
}
