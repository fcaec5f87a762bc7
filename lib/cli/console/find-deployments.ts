import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { loadJobs } from '../../jobs/load-jobs.ts';
import { ConfigError } from '../../kernel/errors.ts';
import { JOBS_FILE, projectFolder } from '../project-folder.ts';
import { UsageError } from '../usage-error.ts';
import type { ListedPlace } from './places-file.ts';

/** A folder for each region, or for each region of each system. */
const MAX_DEPTH = 2;

interface Found {
  readonly file: string;
  /** `undefined` for a jobs file with problems. */
  readonly region: string | undefined;
}

/**
 * The deployments in these regions, in their order: those whose jobs file is in this project's folder, or in a folder at most two levels below this
 * one. A region has a folder of its own, because a jobs file names one region and one ledger.
 *
 * @throws {UsageError} for a region that has none
 */
export async function findDeployments(regions: readonly string[], cwd: string): Promise<readonly ListedPlace[]> {
  const found: Found[] = [];
  for (const file of new Set([...ownFile(cwd), ...(await filesBelow(cwd, MAX_DEPTH))])) {
    found.push({ file, region: await regionOf(file) });
  }
  return [...new Set(regions)].flatMap((region) => {
    const here = found.filter((one) => one.region === region);
    if (here.length === 0) throw new UsageError(notFound(region, found, cwd));
    return here.map(({ file }) => ({
      name: here.length === 1 ? region : `${region} ${relative(cwd, dirname(file)) || '.'}`,
      jobs: file,
    }));
  });
}

function ownFile(cwd: string): string[] {
  const file = join(projectFolder(cwd), JOBS_FILE);
  return existsSync(file) ? [file] : [];
}

async function filesBelow(folder: string, depth: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.some(({ name }) => name === JOBS_FILE) ? [join(folder, JOBS_FILE)] : [];
  if (depth === 0) return files;
  const folders = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name));
  for (const { name } of folders) files.push(...(await filesBelow(join(folder, name), depth - 1)));
  return files.sort();
}

async function regionOf(file: string): Promise<string | undefined> {
  try {
    return (await loadJobs(file)).jobs.region;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined;
  }
}

function notFound(region: string, found: readonly Found[], cwd: string): string {
  const listed = found.map(({ file, region: of }) => `${relative(cwd, file)} (${of ?? 'has problems'})`).join(', ');
  const seen = found.length === 0 ? 'there is no jobs file' : `found ${listed}`;
  return `--region ${region}: no jobs file of this region in this folder or below; ${seen}. List the deployments in a file, and name it with --places`;
}
