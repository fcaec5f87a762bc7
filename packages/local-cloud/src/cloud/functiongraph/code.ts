import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { FunctionGraphDeps } from './deps.ts';
import { errors } from './errors.ts';
import type { codeBody } from './function-bodies.ts';
import { readPackage } from './read-package.ts';
import type { CodeRecord } from './records.ts';
import { unpack } from './unpack.ts';

const MB = 1024 * 1024;
/** Size limits of a package: 50 MB in a request, 300 MB from OBS, 10 KB inline (product description, 2025-05-14; FSS.1071, FSS.1072). */
const MAX_ZIP_BYTES = 50 * MB;
const MAX_OBS_BYTES = 300 * MB;
const MAX_INLINE_BYTES = 10 * 1024;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** An opened package. */
export interface OpenedCode {
  readonly record: CodeRecord;
  /** Including the files of its dependencies, which do not replace its own. */
  readonly files: ReadonlyMap<string, Buffer>;
}

type PackageDeps = Pick<FunctionGraphDeps, 'readObject' | 'dependencies'>;

/** Opens the package of a request that creates or updates code. @throws {ServiceError} */
export async function openCode(
  body: z.output<typeof codeBody>,
  projectId: string,
  deps: PackageDeps,
): Promise<OpenedCode> {
  const { record, files } = await openPackage(body, deps);
  const shared = new Map<string, Buffer>();
  for (const id of record.depend_version_list) {
    if (deps.dependencies.find(id, projectId) === undefined) throw errors.unknownDependency();
    for (const [file, content] of unpack(await deps.dependencies.package(id))) shared.set(file, content);
  }
  return { record, files: new Map([...shared, ...files]) };
}

async function openPackage(body: z.output<typeof codeBody>, deps: PackageDeps): Promise<OpenedCode> {
  const { code_type: type, code_url: url = '', code_filename: filename = '' } = body;
  if (type !== 'obs' && url !== '') throw errors.badUrl('code_url is only for code_type obs.');
  if (type === 'inline') return opened(body, inlineCode(body), (content) => new Map([['index.js', content]]));
  if (type === 'zip') {
    if (!/\.zip$/i.test(filename))
      throw errors.badFileName('code_type zip requires a code_filename that ends in .zip.');
    return opened(body, sentZip(body), unpack);
  }
  if (type !== 'obs') throw errors.badCodeType(`${type} is not supported for Node.js.`);
  const content = await readPackage(deps, url);
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
  return decodeZip(file);
}

/** @throws {ServiceError} when it is empty or not Base64 */
export function decodeZip(text: string): Buffer {
  if (text === '' || text.length % 4 !== 0 || !BASE64.test(text)) throw errors.badCode('The file is not Base64.');
  return Buffer.from(text, 'base64');
}
