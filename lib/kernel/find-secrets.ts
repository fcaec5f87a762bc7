import { layersIn, originalRange, type View } from './decode-layers.ts';

/** The range of a secret in a text. */
export type Range = readonly [start: number, end: number];

/** A service echoes a request in at most two layers of encoding (JSON in JSON, a URL in JSON). One more allows for something that quotes the service. */
const MAX_LAYERS = 3;
/** A secret of eight characters is still found if one is missing at its ends; one of 32 or more, if four are missing. */
const CHARACTERS_PER_LOSS = 8;
const MAX_LOSS = 4;
const MIN_BASE64_NEEDLE = 8;

/** A form of a secret to search for. */
interface Needle {
  readonly text: string;
  /** A match needs at least this many consecutive characters. */
  readonly minLength: number;
}

/**
 * Normalizes case, the two base64 alphabets, and the form encoding of spaces. Keeps the length, unit by unit.
 */
function fold(text: string): string {
  let lower = text.toLowerCase();
  if (lower.length !== text.length) {
    lower = Array.from(text, (c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join('');
  }
  return lower.replaceAll(/[ -]/g, '+').replaceAll('_', '/').replaceAll('ς', 'σ');
}

/** The base64 characters that depend on the secret alone, for each of its three possible alignments. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].map((before) => {
    const bits = (before + bytes.length) * 8;
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
  });
}

function needlesOf(secret: string): Needle[] {
  const cases = [secret, secret.toUpperCase(), secret.toLowerCase(), secret.toLowerCase().toUpperCase()];
  const plain = [...new Set(cases.map(fold))].map((text) => {
    const loss = Math.min(MAX_LOSS, Math.floor(text.length / CHARACTERS_PER_LOSS));
    return { text, minLength: text.length - loss };
  });
  // For base64 whose case was changed, so that it can't be decoded.
  const encoded = base64Forms(secret)
    .filter((form) => form.length >= MIN_BASE64_NEEDLE)
    .map((form) => ({ text: fold(form), minLength: form.length }));
  return [...plain, ...encoded];
}

/** Every run of at least `minLength` characters of the needle contains one of its blocks completely: these are searched for and extended. */
function search(folded: string, { text, minLength }: Needle, found: (start: number, end: number) => void): void {
  const block = Math.ceil(minLength / 2);
  for (let at = 0; at + block <= text.length; at += block) {
    const part = text.slice(at, at + block);
    for (let hit = folded.indexOf(part); hit !== -1; ) {
      let before = 0;
      while (before < at && hit > before && folded[hit - before - 1] === text[at - before - 1]) before++;
      let after = block;
      while (at + after < text.length && folded[hit + after] === text[at + after]) after++;
      const isMatch = before + after >= minLength;
      if (isMatch) found(hit - before, hit + after);
      hit = folded.indexOf(part, isMatch ? hit + after : hit + 1);
    }
  }
}

/** Finds secrets in texts in all the usual encodings, up to three layers deep. */
export class SecretFinder {
  readonly #needles = new Map<string, Needle>();
  #leastBase64 = Number.POSITIVE_INFINITY;

  add(secret: string): void {
    for (const needle of needlesOf(secret)) this.#needles.set(needle.text, needle);
    const lengths = [...this.#needles.values()].map(({ minLength }) => minLength);
    this.#leastBase64 = Math.ceil((Math.min(...lengths) * 4) / 3);
  }

  /** Disjoint ranges, in order; empty when there are none. */
  find(text: string): Range[] {
    const ranges: Range[] = [];
    if (this.#needles.size > 0) this.#look({ text }, MAX_LAYERS, ranges);
    return merged(ranges);
  }

  #look(view: View, layers: number, ranges: Range[]): void {
    const folded = fold(view.text);
    for (const needle of this.#needles.values()) {
      search(folded, needle, (start, end) => ranges.push(originalRange(view, start, end)));
    }
    if (layers === 0) return;
    for (const layer of layersIn(view, this.#leastBase64)) this.#look(layer, layers - 1, ranges);
  }
}

function merged(ranges: readonly Range[]): Range[] {
  const apart: [number, number][] = [];
  for (const [start, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = apart.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else apart.push([start, end]);
  }
  return apart;
}
