import { hasControlCharacter } from '../kernel/control-characters.ts';
import { MAX_KEY_BYTES } from '../kernel/max-key-bytes.ts';

/**
 * What is wrong with a glob for object keys; `undefined` when nothing is.
 *
 * `*` stands for any characters within one segment of the key, `**` as a whole segment for zero or more segments, at the end for
 * everything below. Every other character stands for itself, brackets and question marks too. Case counts.
 */
export function globProblem(glob: string): string | undefined {
  if (glob === '') return 'is empty; "**" matches every key';
  if (Buffer.byteLength(glob) > MAX_KEY_BYTES) return `has more than ${MAX_KEY_BYTES} bytes, and no key is longer`;
  if (hasControlCharacter(glob)) return 'has a control character';
  if (glob.startsWith('/')) {
    const meant = glob.replace(/^\/+/, '');
    return `begins with "/", and keys do not; write ${JSON.stringify(meant)} ("*/" at the beginning matches those that do)`;
  }
  const odd = glob.split('/').find((segment) => segment.includes('**') && segment !== '**');
  if (odd !== undefined)
    return `has "**" beside other characters in ${JSON.stringify(odd.slice(0, 40))}; "**" must be a whole segment`;
  return undefined;
}

/**
 * Matches a list against a pattern in which some items stand for any number of items. Going back to the last such item alone is
 * enough, so the work grows with the product of the two lengths and never faster.
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
  // What ends in `**` means what lies below: at least one segment more.
  return parts.at(-1) === '**' ? [...parts, '*'] : parts;
}

/** Does a key match a glob that `globProblem` found nothing wrong with? */
export function matchesGlob(glob: string, key: string): boolean {
  return matchesList(patternOf(glob), key.split('/'), (part) => part === '**', matchesSegment);
}

/** The places of a pattern that keys may have come to, segment by segment. */
class Places {
  readonly #pattern: readonly string[];
  #at: ReadonlySet<number>;

  constructor(pattern: readonly string[]) {
    this.#pattern = pattern;
    this.#at = this.#passing(new Set([0]));
  }

  /** The parts of the pattern that the next segment may match, `**` aside. */
  get next(): string[] {
    return [...this.#at].flatMap((at) => this.#pattern[at] ?? []).filter((part) => part !== '**');
  }

  /** May another segment come? */
  get canGoOn(): boolean {
    return [...this.#at].some((at) => at < this.#pattern.length);
  }

  /** May the key end here? */
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
    this.#at = this.#passing(next);
  }

  #passing(places: Set<number>): Set<number> {
    // A set takes in what is added while it is walked.
    for (const at of places) if (this.#pattern[at] === '**') places.add(at + 1);
    return places;
  }
}

/**
 * Could a key that begins with `prefix` match this glob? The glob must be one that `globProblem` found nothing wrong with, the prefix must
 * end with `/`. Exact, but for the key that is the prefix itself, which counts as below it.
 */
export function canMatchBelow(glob: string, prefix: string): boolean {
  const places = new Places(patternOf(glob));
  for (const segment of prefix.slice(0, -1).split('/')) places.take(segment);
  // Whatever is left of the pattern matches some key: each of its parts matches some segment.
  return places.canGoOn;
}

/** Where a key leaves a glob. */
export interface GlobMismatch {
  /** Of the key, 1-based; one more than it has when it ends too early. */
  readonly segment: number;
  /** Absent when the key ends too early. */
  readonly found?: string;
  /** Any of these parts of the glob would have matched here. Empty when the key should have ended. */
  readonly expected: readonly string[];
}

/** The first segment of a key that a glob does not allow, or the last one when only the end is wrong. `undefined` when the key matches. */
export function globMismatch(glob: string, key: string): GlobMismatch | undefined {
  if (matchesGlob(glob, key)) return undefined;
  const places = new Places(patternOf(glob));
  const segments = key.split('/');
  let expected: string[] = [];
  for (const [i, found] of segments.entries()) {
    expected = places.next;
    places.take(found);
    if (!places.canGoOn && !places.canEnd) return { segment: i + 1, found, expected };
  }
  const found = segments.at(-1) ?? '';
  // `**` takes any segment, so that a last one which is wrong goes on as one in between.
  const isLastWrong = !expected.some((part) => matchesSegment(part, found));
  if (isLastWrong && expected.length > 0) return { segment: segments.length, found, expected };
  return { segment: segments.length + 1, expected: places.next };
}

/** Is there a segment that both patterns match? Where both have `*`, the fixed texts at their ends decide, else one is matched by the other. */
function canShareSegment(a: string, b: string): boolean {
  if (!a.includes('*')) return matchesSegment(b, a);
  if (!b.includes('*')) return matchesSegment(a, b);
  const [startA = '', startB = ''] = [a, b].map((text) => text.slice(0, text.indexOf('*')));
  const [endA = '', endB = ''] = [a, b].map((text) => text.slice(text.lastIndexOf('*') + 1));
  const starts = startA.startsWith(startB) || startB.startsWith(startA);
  return starts && (endA.endsWith(endB) || endB.endsWith(endA));
}

/** Is there a key that both globs match? They must be ones that `globProblem` found nothing wrong with. Exact. */
export function canShareKey(a: string, b: string): boolean {
  const [left, right] = [patternOf(a), patternOf(b)];
  // Row by row: can what is left of one, from here on, match what is left of the other?
  let below: boolean[] = [];
  for (let i = left.length; i >= 0; i--) {
    const row: boolean[] = new Array<boolean>(right.length + 1).fill(false);
    for (let j = right.length; j >= 0; j--) {
      const [one, other] = [left[i], right[j]];
      if (one === undefined && other === undefined) row[j] = true;
      else if (one === '**' || other === '**') {
        // Either stands for nothing more here, or takes what the other has next.
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
