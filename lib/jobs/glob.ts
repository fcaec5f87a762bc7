import { hasControlCharacter } from '../kernel/control-characters.ts';
import { MAX_KEY_BYTES } from '../kernel/max-key-bytes.ts';

/**
 * What is wrong with a glob for object keys; `undefined` when it is valid.
 *
 * `*` matches any characters within one segment of the key; `**` as a whole segment matches zero or more segments, and at the end everything below.
 * Every other character is matched literally, including brackets and question marks. Globs are case-sensitive.
 */
export function globProblem(glob: string): string | undefined {
  if (glob === '') return 'is empty; "**" matches every key';
  if (Buffer.byteLength(glob) > MAX_KEY_BYTES)
    return `has more than ${MAX_KEY_BYTES} bytes, the longest that a key can be`;
  if (hasControlCharacter(glob)) return 'has a control character';
  if (glob.startsWith('/')) {
    const meant = glob.replace(/^\/+/, '');
    return `begins with "/", but keys do not; write ${JSON.stringify(meant)} (to match keys that do, begin with "*/")`;
  }
  const odd = glob.split('/').find((segment) => segment.includes('**') && segment !== '**');
  if (odd !== undefined)
    return `has "**" next to other characters in ${JSON.stringify(odd.slice(0, 40))}; "**" must be a whole segment`;
  return undefined;
}

/**
 * Matches a list against a pattern in which some parts match any number of items. Backtracking to the last such part is sufficient, so the work grows
 * with the product of the two lengths at most.
 */
function matchesList<P, T>(
  pattern: readonly P[],
  items: readonly T[],
  isAny: (part: P) => boolean,
  fits: (part: P, item: T) => boolean,
): boolean {
  let at = 0;
  let any = -1;
  let anyFrom = 0;
  for (let i = 0; i < items.length; ) {
    const part = pattern[at];
    if (at < pattern.length && isAny(part as P)) {
      any = at++;
      anyFrom = i;
    } else if (at < pattern.length && fits(part as P, items[i] as T)) {
      at++;
      i++;
    } else if (any !== -1) {
      at = any + 1;
      i = ++anyFrom;
    } else return false;
  }
  while (at < pattern.length && isAny(pattern[at] as P)) at++;
  return at === pattern.length;
}

function matchesSegment(pattern: string, segment: string): boolean {
  if (!pattern.includes('*')) return pattern === segment;
  return matchesList(
    [...pattern],
    [...segment],
    (part) => part === '*',
    (part, item) => part === item,
  );
}

function patternOf(glob: string): string[] {
  const parts = glob.split('/');
  // A trailing `**` matches what is below: at least one more segment.
  return parts.at(-1) === '**' ? [...parts, '*'] : parts;
}

/** Does a key match a valid glob (see `globProblem`)? */
export function matchesGlob(glob: string, key: string): boolean {
  return matchesList(patternOf(glob), key.split('/'), (part) => part === '**', matchesSegment);
}

/** The positions in a pattern that are possible after each segment of a key. */
class Positions {
  readonly #pattern: readonly string[];
  #at: ReadonlySet<number>;

  constructor(pattern: readonly string[]) {
    this.#pattern = pattern;
    this.#at = this.#withSkips(new Set([0]));
  }

  /** The parts of the pattern that the next segment may match, `**` aside. */
  get next(): string[] {
    return [...this.#at].flatMap((at) => this.#pattern[at] ?? []).filter((part) => part !== '**');
  }

  /** Can another segment follow? */
  get canContinue(): boolean {
    return [...this.#at].some((at) => at < this.#pattern.length);
  }

  /** Can the key end here? */
  get canEnd(): boolean {
    return this.#at.has(this.#pattern.length);
  }

  take(segment: string): void {
    const next = new Set<number>();
    for (const at of this.#at) {
      const part = this.#pattern[at];
      if (part === '**') next.add(at);
      else if (part !== undefined && matchesSegment(part, segment)) next.add(at + 1);
    }
    this.#at = this.#withSkips(next);
  }

  #withSkips(positions: Set<number>): Set<number> {
    // Iterating over a set includes items that are added meanwhile.
    for (const at of positions) if (this.#pattern[at] === '**') positions.add(at + 1);
    return positions;
  }
}

/**
 * Could a key that begins with `prefix` match this glob? The glob must be valid (see `globProblem`), and the prefix must end with `/`. Exact, except
 * that the key equal to the prefix counts as below it.
 */
export function canMatchBelow(glob: string, prefix: string): boolean {
  const positions = new Positions(patternOf(glob));
  for (const segment of prefix.slice(0, -1).split('/')) positions.take(segment);
  // The rest of the pattern always matches some key, because each of its parts matches some segment.
  return positions.canContinue;
}

/** Where a key stops matching a glob. */
export interface GlobMismatch {
  /** Number of the key's segment, 1-based; one more than it has when it ends too early. */
  readonly segment: number;
  /** Absent when the key ends too early. */
  readonly found?: string;
  /** The parts of the glob that would have matched here. Empty when the key should have ended. */
  readonly expected: readonly string[];
}

/** The first segment of a key that does not match a glob, or the last one when only the end is wrong. `undefined` when the key matches. */
export function globMismatch(glob: string, key: string): GlobMismatch | undefined {
  if (matchesGlob(glob, key)) return undefined;
  const positions = new Positions(patternOf(glob));
  const segments = key.split('/');
  let expected: string[] = [];
  for (const [i, found] of segments.entries()) {
    expected = positions.next;
    positions.take(found);
    if (!positions.canContinue && !positions.canEnd) return { segment: i + 1, found, expected };
  }
  const found = segments.at(-1) ?? '';
  // `**` matches any segment, so a wrong last segment still matched as one in the middle.
  const isLastWrong = !expected.some((part) => matchesSegment(part, found));
  if (isLastWrong && expected.length > 0) return { segment: segments.length, found, expected };
  return { segment: segments.length + 1, expected: positions.next };
}

/** Is there a segment that both patterns match? If both have `*`, their literal prefixes and suffixes decide; otherwise one is matched against the other. */
function canShareSegment(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesSegment(b, a);
  if (!b.includes('*')) return matchesSegment(a, b);
  const [startA = '', startB = ''] = [a, b].map((text) => text.slice(0, text.indexOf('*')));
  const [endA = '', endB = ''] = [a, b].map((text) => text.slice(text.lastIndexOf('*') + 1));
  const starts = startA.startsWith(startB) || startB.startsWith(startA);
  return starts && (endA.endsWith(endB) || endB.endsWith(endA));
}

/** Is there a key that both globs match? Both must be valid (see `globProblem`). Exact. */
export function canShareKey(a: string, b: string): boolean {
  const [left, right] = [patternOf(a), patternOf(b)];
  // Row by row: can the rest of one, from here on, match the rest of the other?
  let below: boolean[] = [];
  for (let i = left.length; i >= 0; i--) {
    const row: boolean[] = new Array<boolean>(right.length + 1).fill(false);
    for (let j = right.length; j >= 0; j--) {
      const [one, other] = [left[i], right[j]];
      if (one === undefined && other === undefined) row[j] = true;
      else if (one === '**' || other === '**') {
        // It either matches nothing more, or matches the next part of the other.
        const skipped = one === '**' ? below[j] : row[j + 1];
        const taken = one === '**' ? row[j + 1] : below[j];
        row[j] = skipped === true || taken === true;
      } else if (one !== undefined && other !== undefined)
        row[j] = below[j + 1] === true && canShareSegment(one, other);
    }
    below = row;
  }
  return below[0] === true;
}
