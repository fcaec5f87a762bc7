import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildFunctions } from '../../lib/build/build-functions.ts';
import { ROOT } from '../../lib/build/package-root.ts';
import { type Measurement, measureInterleaved, type Subject } from '../measure.ts';
import type { Goal, Row } from '../report.ts';
import { jobsFile, landedEvent, type System } from '../system.ts';

const THIN = 'backup-landed, thin clients';
const GENERATED = 'backup-landed, generated clients';
/** A registry that has the generated clients must not make a function heavier. */
const GOAL: Goal = { atMost: 1.15 };

export interface ClientsOptions {
  /** A `node_modules` folder with the generated clients, which that of this repository lacks. */
  readonly packages: string;
  readonly rounds: number;
}

/** The same function with either kind of client: sizes, and what a user feels of a cold start. */
export async function clients(system: System, { packages, rounds }: ClientsOptions): Promise<Row[]> {
  const thin = await build(system, 'thin', []);
  const generated = await build(system, 'generated', [packages, join(ROOT, 'node_modules')]);
  return [...(await sizesOf(thin, generated)), ...(await coldStarts(system, { thin, generated, rounds }))];
}

async function build(system: System, kind: string, packages: readonly string[]): Promise<string> {
  const out = await system.newFolder();
  const [built] = await buildFunctions({ out, names: ['backup-landed'], packages });
  const folder = built?.folder ?? '';
  const { clients: found } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (!found.dcs.startsWith(kind)) throw new Error(`the client of DCS must be ${kind}, and is ${found.dcs}`);
  return folder;
}

async function sizesOf(thin: string, generated: string): Promise<Row[]> {
  const gzipped = async (folder: string, only = '') => {
    const files = (await readdir(folder)).filter((file) => file.endsWith('.js') && file.startsWith(only));
    const sizes = await Promise.all(files.map(async (file) => gzipSync(await readFile(join(folder, file))).length));
    return sizes.reduce((sum, bytes) => sum + bytes, 0) / 1024;
  };
  const compared = async (figure: string, only?: string): Promise<Row[]> => {
    const against = [{ name: THIN, values: [await gzipped(thin, only)], goal: GOAL }];
    return [
      { figure, subject: THIN, unit: 'KB', values: [await gzipped(thin, only)] },
      { figure, subject: GENERATED, unit: 'KB', values: [await gzipped(generated, only)], against },
    ];
  };
  return [...(await compared('size of main.js, gzip', 'main.')), ...(await compared('size of all programs, gzip'))];
}

interface Folders {
  readonly thin: string;
  readonly generated: string;
  readonly rounds: number;
}

async function coldStarts(system: System, { thin, generated, rounds }: Folders): Promise<Row[]> {
  const { baselines, cloud } = system;
  // The second event only lets memory be measured after the first.
  const event = { event: await landedEvent(), invocations: 1 };
  const plain = { ...event, userData: await system.userData(jobsFile({ ledger: false }), cloud.url) };
  const recorded = { ...event, userData: await system.userData(jobsFile({ ledger: true }), cloud.url) };
  const subjects: Subject[] = [
    { name: 'sample handler', module: baselines.sample, workload: plain },
    { name: THIN, module: thin, workload: plain },
    { name: GENERATED, module: generated, workload: plain },
    { name: `${THIN}, with a ledger`, module: thin, workload: recorded },
    { name: `${GENERATED}, with a ledger`, module: generated, workload: recorded },
  ];
  const found = await measureInterleaved(subjects, rounds);
  const compared = (figure: string, unit: string, pick: (one: Measurement) => number): Row[] =>
    subjects.map(({ name }) => {
      const values = (subject: string) => (found.get(subject) ?? []).map(pick);
      const twin = name.replace(GENERATED, THIN);
      const against = [
        { name: 'sample handler', values: values('sample handler') },
        ...(twin === name ? [] : [{ name: THIN, values: values(twin), goal: GOAL }]),
      ];
      return { figure, subject: name, unit, values: values(name), against };
    });
  return [
    ...compared('load', 'ms CPU', ({ load }) => load.cpuMs),
    ...compared('load + initializer', 'ms CPU', ({ load, initialize }) => load.cpuMs + initialize.cpuMs),
    ...compared('load + initializer + first event', 'ms CPU', totalOf('cpuMs')),
    ...compared('load + initializer + first event, by the clock', 'ms', totalOf('ms')),
    ...compared('memory at load', 'MB', ({ loadMb }) => loadMb.rss),
    ...compared('memory after the first event', 'MB', ({ memoryBefore }) => memoryBefore.rss),
    ...compared('heap after the first event', 'MB', ({ memoryBefore }) => memoryBefore.heap),
  ];
}

function totalOf(unit: 'cpuMs' | 'ms') {
  return ({ load, initialize, first }: Measurement) => load[unit] + initialize[unit] + first[unit];
}
