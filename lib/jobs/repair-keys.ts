import { formatPath, type Problem } from '../kernel/errors.ts';
import { isRecord } from '../kernel/is-record.ts';
import { ACTION_KINDS } from '../migrations/actions.ts';
import { suggest, unknownName } from '../schema/suggest.ts';
import { jobsJsonSchema } from './json-schema.ts';
import { type SchemaNode, schemaForms, schemaKeys, schemaStep } from './schema-places.ts';

type Path = Problem['path'];

/** A jobs file as it was probably intended. */
export interface RepairedDocument {
  /** A copy with each key in its proper place and spelling. */
  readonly document: unknown;
  /** One for each repaired key. */
  readonly problems: readonly Problem[];
  /** The path in the file of what is at this path of the copy. */
  readonly originOf: (path: Path) => Path;
}

/** An object of the document. */
interface Place {
  readonly path: Path;
  readonly record: Record<string, unknown>;
  readonly nodes: readonly SchemaNode[];
  readonly above: Place | undefined;
}

/** How many levels down to search for a place for a key. */
const MAX_STEPS_DOWN = 2;
/** Maximum number of unknown keys to repair: a file with more is of another kind, and would take long. */
const MAX_KEYS = 500;
/** Keys that identify an entry of `jobs` or `targets`. */
const MARKS: Readonly<Record<string, readonly string[]>> = { jobs: ['on', ...ACTION_KINDS], targets: ['id'] };

function isEntry(value: unknown, map: string): boolean {
  return isRecord(value) && (MARKS[map] ?? []).some((mark) => Object.hasOwn(value, mark));
}

/** Can the key be set there? A key without a value counts as unset: its value was probably indented wrongly. */
function isVacant(record: Record<string, unknown>, key: string): boolean {
  return !Object.hasOwn(record, key) || record[key] === null || record[key] === undefined;
}

function startsWith(path: Path, start: Path): boolean {
  return start.every((key, i) => path[i] === key);
}

class KeyRepairer {
  readonly problems: Problem[] = [];
  readonly moves: { readonly from: Path; readonly to: Path }[] = [];
  readonly #schema = jobsJsonSchema() as SchemaNode;
  #left = MAX_KEYS;

  walk(value: unknown, path: Path, nodes = schemaForms(this.#schema, this.#schema), above?: Place): void {
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) this.walk(item, [...path, i], schemaStep(nodes, i, this.#schema), above);
    }
    if (!isRecord(value) || nodes.length === 0) return;
    const place = { path, record: value, nodes, above };
    const map = path.length === 1 ? String(path[0]) : '';
    const known = new Set(schemaKeys(nodes));
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(MARKS, map)) this.#putEntryRight(place, key, map);
      else if (!known.has(key) && this.#left-- > 0) this.#putRight(place, key);
    }
    const walked = new Set<string>();
    // Repeat if something was moved up while its siblings were visited.
    for (let before = -1; walked.size > before; ) {
      before = walked.size;
      for (const key of Object.keys(value).filter((one) => !walked.has(one))) {
        walked.add(key);
        this.walk(value[key], [...path, key], schemaStep(nodes, key, this.#schema), place);
      }
    }
  }

  /** Repairs a name in `jobs` or `targets` that is actually a key of an entry or of the file. */
  #putEntryRight(place: Place, key: string, map: string): void {
    const { record, above, nodes } = place;
    if (isEntry(record[key], map)) return;
    if (schemaKeys(schemaStep(nodes, key, this.#schema)).includes(key)) {
      const names = Object.keys(record);
      this.#moveToEntry(place, key, { place, map, name: names[names.indexOf(key) - 1] });
    } else if (above && schemaKeys(above.nodes).includes(key) && isVacant(above.record, key)) {
      this.#move(place, key, above, 'it belongs at the top level of the file; indent it less');
    }
  }

  #putRight(place: Place, key: string): void {
    if (this.#moveJob(place, key) || this.#moveUp(place, key) || this.#moveDown(place, key)) return;
    const { path, record, nodes } = place;
    const meant = suggest(
      key,
      schemaKeys(nodes).filter((name) => isVacant(record, name)),
    );
    if (meant === undefined) return;
    const isField = path[0] === 'targets' || ACTION_KINDS.some((kind) => kind === path[2]);
    this.problems.push({ path: [...path, key], message: unknownName(isField ? 'field' : 'key', key, [meant]) });
    this.#put(place, key, place, meant);
  }

  /** Moves a job that is beside `jobs` or in another job. */
  #moveJob(place: Place, key: string): boolean {
    const root = this.#rootOf(place);
    if (key === '__proto__' || !isEntry(place.record[key], 'jobs')) return false;
    const jobs = this.#below(root, 'jobs');
    if (!jobs || Object.hasOwn(jobs.record, key)) return false;
    const how = place === root ? 'indent it further' : 'indent it less';
    this.#move(place, key, jobs, `it is a job and belongs in jobs; ${how}`);
    return true;
  }

  #moveUp(place: Place, key: string): boolean {
    for (let up = place.above; up; up = up.above) {
      if (!schemaKeys(up.nodes).includes(key) || !isVacant(up.record, key)) continue;
      const where = up.path.length === 0 ? 'at the top level of the file' : `in ${formatPath(up.path)}`;
      this.#move(place, key, up, `it belongs ${where}; indent it less`);
      return true;
    }
    if (place.above) return false;
    const jobs = this.#below(place, 'jobs');
    if (!jobs || !schemaKeys(schemaStep(jobs.nodes, key, this.#schema)).includes(key)) return false;
    return this.#moveToEntry(place, key, { place: jobs, map: 'jobs', name: Object.keys(jobs.record).at(-1) });
  }

  #moveDown(place: Place, key: string): boolean {
    let level = [place];
    for (let step = 1; step <= MAX_STEPS_DOWN; step++) {
      const below = level.flatMap((at) => this.#allBelow(at));
      const fitting = below.filter(({ nodes, record }) => schemaKeys(nodes).includes(key) && isVacant(record, key));
      const present = fitting.filter(({ path, above }) => above && Object.hasOwn(above.record, path.at(-1) ?? ''));
      const [only, ...others] = present.length > 0 ? present : fitting;
      if (only && others.length === 0) {
        this.#move(place, key, only, `it belongs in ${formatPath(only.path)}; indent it further`);
        return true;
      }
      level = below;
    }
    return false;
  }

  #allBelow(place: Place): Place[] {
    return schemaKeys(place.nodes).flatMap((key) => {
      const isAction = ACTION_KINDS.some((kind) => kind === key);
      if (isAction && !Object.hasOwn(place.record, key)) return [];
      return this.#below(place, key) ?? [];
    });
  }

  /** The place under a key; a new object, not yet in the document, if there is none. */
  #below(place: Place, key: string): Place | undefined {
    const value = isVacant(place.record, key) ? {} : place.record[key];
    if (!isRecord(value)) return undefined;
    return {
      path: [...place.path, key],
      record: value,
      nodes: schemaStep(place.nodes, key, this.#schema),
      above: place,
    };
  }

  #rootOf(place: Place): Place {
    return place.above ? this.#rootOf(place.above) : place;
  }

  #moveToEntry(
    from: Place,
    key: string,
    { place, map, name }: { readonly place: Place; readonly map: string; readonly name: string | undefined },
  ): boolean {
    const entry = name === undefined ? undefined : this.#below(place, name);
    if (!entry || !isVacant(entry.record, key)) return false;
    const owner = `${map.slice(0, -1)} ${name}`;
    this.#move(
      from,
      key,
      entry,
      `it belongs to ${owner} above; indent it further, like the other keys of that ${map.slice(0, -1)}`,
    );
    return true;
  }

  #move(from: Place, key: string, to: Place, why: string): void {
    this.problems.push({ path: [...from.path, key], message: `is in the wrong place: ${why}` });
    this.#put(from, key, to, key);
  }

  #put(from: Place, key: string, to: Place, name: string): void {
    const value = from.record[key];
    delete from.record[key];
    to.record[name] = value;
    for (let at = to; at.above; at = at.above) at.above.record[String(at.path.at(-1))] = at.record;
    this.moves.push({ from: [...from.path, key], to: [...to.path, name] });
  }
}

/**
 * Repairs keys that are misspelt or wrongly indented, so that only the mistake is reported, and not its consequences. The result is never run, because
 * it has problems.
 */
export function repairKeys(document: unknown): RepairedDocument {
  const copy = structuredClone(document);
  const repairer = new KeyRepairer();
  repairer.walk(copy, []);
  const { moves, problems } = repairer;
  const originOf = (path: Path) =>
    moves.reduceRight<Path>((at, { from, to }) => (startsWith(at, to) ? [...from, ...at.slice(to.length)] : at), path);
  return {
    document: copy,
    problems: problems.map((problem) => ({ ...problem, path: originOf(problem.path) })),
    originOf,
  };
}
