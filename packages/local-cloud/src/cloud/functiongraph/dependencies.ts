import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A version of a dependency: a package whose files are next to those of the functions that use it. */
export interface DependencyVersion {
  readonly id: string;
  readonly dependencyId: string;
  readonly projectId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly runtime: string;
  readonly description: string;
  /** Counted from 1. */
  readonly version: number;
  /** MD5 of the package, in hex. */
  readonly etag: string;
  /** Size of the package in bytes. */
  readonly size: number;
  /** Epoch ms. */
  readonly modifiedAt: number;
}

/** The dependencies of functions, with their packages. */
export class Dependencies {
  readonly #folder: string | undefined;
  readonly #versions = new Map<string, DependencyVersion>();
  readonly #packages = new Map<string, Buffer>();

  private constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** @param folder stores them across restarts. @default kept in memory @throws {Error} when the stored dependencies cannot be read */
  static async open(folder: string | undefined): Promise<Dependencies> {
    const dependencies = new Dependencies(folder);
    if (folder === undefined) return dependencies;
    const text = await readFile(path.join(folder, 'dependencies.json'), 'utf8').catch(
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      },
    );
    for (const version of JSON.parse(text ?? '[]') as DependencyVersion[])
      dependencies.#versions.set(version.id, version);
    return dependencies;
  }

  /** All versions of a project, oldest first. */
  all(projectId: string): DependencyVersion[] {
    return [...this.#versions.values()].filter((version) => version.projectId === projectId);
  }

  find(id: string, projectId: string): DependencyVersion | undefined {
    return this.all(projectId).find((version) => version.id === id);
  }

  async package(id: string): Promise<Buffer> {
    return this.#packages.get(id) ?? readFile(this.#packageFile(id));
  }

  async add(
    sent: Pick<DependencyVersion, 'projectId' | 'ownerId' | 'name' | 'runtime' | 'description' | 'modifiedAt'>,
    content: Buffer,
  ): Promise<DependencyVersion> {
    const last = this.all(sent.projectId).findLast(({ name }) => name === sent.name);
    const added = {
      ...sent,
      id: randomUUID(),
      dependencyId: last?.dependencyId ?? randomUUID(),
      version: (last?.version ?? 0) + 1,
      etag: createHash('md5').update(content).digest('hex'),
      size: content.length,
    };
    if (this.#folder === undefined) this.#packages.set(added.id, content);
    else {
      await mkdir(path.dirname(this.#packageFile(added.id)), { recursive: true });
      await writeFile(this.#packageFile(added.id), content);
    }
    this.#versions.set(added.id, added);
    await this.#save();
    return added;
  }

  async remove(id: string): Promise<void> {
    this.#versions.delete(id);
    this.#packages.delete(id);
    await this.#save();
    if (this.#folder !== undefined) await rm(this.#packageFile(id), { force: true });
  }

  #packageFile(id: string): string {
    return path.join(this.#folder ?? '', 'dependencies', `${id}.zip`);
  }

  async #save(): Promise<void> {
    if (this.#folder === undefined) return;
    const file = path.join(this.#folder, 'dependencies.json');
    await mkdir(this.#folder, { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify([...this.#versions.values()]));
    await rename(`${file}.new`, file);
  }
}
