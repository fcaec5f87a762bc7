import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { OpenedCode } from './code.ts';
import { errors } from './errors.ts';
import type { CodeRecord, FunctionRecord, TriggerRecord, VersionRecord } from './records.ts';
import { type FunctionUrn, formatUrn, parseUrn } from './urn.ts';

const FORMAT = 1;

export interface FunctionsOptions {
  /** Stores deployed functions and their unpacked code across restarts. @default kept in memory, without the code */
  readonly folder?: string | undefined;
  /** Called after each change, before the response is sent. */
  readonly onChange: (functions: readonly FunctionRecord[]) => Promise<void>;
}

/** A function from a request, and the version in its URN. */
export interface FunctionMatch {
  readonly urn: FunctionUrn;
  readonly record: FunctionRecord;
}

/** All functions. Changes are serialized. */
export class Functions {
  readonly #options: FunctionsOptions;
  readonly #records = new Map<string, FunctionRecord>();
  /** The files of the code, if they are not stored. */
  readonly #inMemory = new Map<string, ReadonlyMap<string, Buffer>>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(options: FunctionsOptions) {
    this.#options = options;
  }

  /** @throws {Error} when the stored functions cannot be read */
  static async open(options: FunctionsOptions): Promise<Functions> {
    const functions = new Functions(options);
    for (const record of await readStored(options.folder)) functions.#records.set(baseUrn(record), record);
    return functions;
  }

  /** All functions, sorted by name. */
  all(): FunctionRecord[] {
    return [...this.#records.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The folder of the unpacked code and its dependencies; undefined if code is not stored. */
  codeFolder(code: CodeRecord): string | undefined {
    return this.#options.folder === undefined ? undefined : codeFolderIn(this.#options.folder, code);
  }

  /** The files of a package by their paths, without those of its dependencies. */
  async files(code: CodeRecord): Promise<Map<string, Buffer>> {
    const folder = this.codeFolder(code);
    const inMemory = this.#inMemory.get(codeName(code));
    const read = async (file: string) =>
      folder === undefined ? (inMemory?.get(file) ?? Buffer.alloc(0)) : readFile(path.join(folder, file));
    const files = new Map<string, Buffer>();
    for (const file of code.files) files.set(file, await read(file));
    return files;
  }

  /**
   * The function of a URN, whatever its version.
   *
   * @throws {ServiceError} when the URN is malformed or belongs to another project, or the function does not exist
   */
  find(text: string, projectId: string): FunctionMatch {
    const urn = parseUrn(text);
    if (urn === undefined) throw errors.badUrn();
    if (urn.projectId !== projectId) throw errors.forbidden('The function belongs to another project.');
    const record = this.#records.get(formatUrn({ ...urn, qualifier: '' }));
    if (record === undefined) throw errors.unknownFunction();
    return { urn, record };
  }

  /**
   * Runs a change exclusively and stores its result.
   *
   * @param change returns the record to store, or the record to remove with `removed`. If it throws, nothing changes
   */
  async change<T>(
    change: () => Promise<{ record: FunctionRecord; removed?: boolean; code?: OpenedCode; result: T }>,
  ): Promise<T> {
    return this.exclusively(async () => {
      const { record, removed = false, code, result } = await change();
      if (code) await this.#unpack(code);
      if (removed) this.#records.delete(baseUrn(record));
      else this.#records.set(baseUrn(record), record);
      await this.#save();
      await this.#options.onChange(this.all());
      return result;
    });
  }

  /** Runs something while no function changes. */
  async exclusively<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #unpack({ record, files }: OpenedCode): Promise<void> {
    const folder = this.codeFolder(record);
    if (folder === undefined) {
      this.#inMemory.set(codeName(record), files);
      return;
    }
    await rm(folder, { recursive: true, force: true });
    const draft = `${folder}.new`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { recursive: true });
    for (const [file, content] of files) {
      await mkdir(path.dirname(path.join(draft, file)), { recursive: true });
      await writeFile(path.join(draft, file), content);
    }
    await rename(draft, folder);
  }

  /** Only this user may read the file: it contains encrypted variables. */
  async #save(): Promise<void> {
    const { folder } = this.#options;
    const used = new Set(this.all().flatMap(({ versions }) => versions.map(({ code }) => codeName(code))));
    for (const name of this.#inMemory.keys()) if (!used.has(name)) this.#inMemory.delete(name);
    if (folder === undefined) return;
    await mkdir(path.join(folder, 'code'), { recursive: true });
    const file = stateFileIn(folder);
    await writeFile(`${file}.new`, JSON.stringify({ format: FORMAT, functions: this.all() }), { mode: 0o600 });
    await rename(`${file}.new`, file);
    for (const name of await readdir(path.join(folder, 'code')))
      if (!used.has(name)) await rm(path.join(folder, 'code', name), { recursive: true });
  }
}

/** The URN without a version. */
export function baseUrn(record: FunctionRecord): string {
  return formatUrn({ ...record, qualifier: '' });
}

/** The URN of a version, or of an alias with `!`. */
export function urnOf(record: FunctionRecord, qualifier: string): string {
  return formatUrn({ ...record, qualifier });
}

/**
 * The version of a URN qualifier; `latest` if it is empty.
 *
 * @throws {ServiceError} when the version or alias does not exist
 */
export function versionOf(record: FunctionRecord, qualifier: string): VersionRecord {
  const name = qualifier.startsWith('!') ? aliasOf(record, qualifier.slice(1)).version : qualifier || 'latest';
  const version = record.versions.find((candidate) => candidate.version === name);
  if (version === undefined) throw errors.unknownVersion();
  return version;
}

/** @throws {ServiceError} when the alias does not exist */
export function aliasOf(record: FunctionRecord, name: string): FunctionRecord['aliases'][number] {
  const alias = record.aliases.find((candidate) => candidate.name === name);
  if (alias === undefined) throw errors.unknownAlias();
  return alias;
}

/** Replaces the version with the same name. */
export function withVersion(record: FunctionRecord, changed: VersionRecord): FunctionRecord {
  return {
    ...record,
    versions: record.versions.map((version) => (version.version === changed.version ? changed : version)),
  };
}

export function withTriggers(record: FunctionRecord, triggers: readonly TriggerRecord[]): FunctionRecord {
  return { ...record, triggers };
}

function stateFileIn(folder: string): string {
  return path.join(folder, 'functions.json');
}

function codeFolderIn(folder: string, code: CodeRecord): string {
  return path.join(folder, 'code', codeName(code));
}

/** The same code with other dependencies has another name. Part of the digest is enough and keeps paths short. */
function codeName({ digest, depend_version_list: dependencies }: CodeRecord): string {
  if (dependencies.length === 0) return digest.slice(0, 32);
  return createHash('sha512')
    .update([digest, ...dependencies].join('/'))
    .digest('hex')
    .slice(0, 32);
}

async function readStored(folder: string | undefined): Promise<FunctionRecord[]> {
  if (folder === undefined) return [];
  const file = stateFileIn(folder);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (text === undefined) return [];
  try {
    const kept = JSON.parse(text) as { format?: unknown; functions?: FunctionRecord[] };
    if (kept.format !== FORMAT || !Array.isArray(kept.functions)) throw new Error(`expected format ${FORMAT}`);
    // Triggers that were being deleted are gone by now.
    return kept.functions.map((record) =>
      withTriggers(
        record,
        record.triggers.filter(({ isBeingDeleted }) => !isBeingDeleted),
      ),
    );
  } catch (cause) {
    throw new Error(`read the deployed functions from ${file}: delete it to start without them`, { cause });
  }
}
