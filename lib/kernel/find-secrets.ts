import { layersIn, originalRange, type View } from './decode-layers.ts';

/** From where to where a secret stands in a text. */
export type Range = readonly [start: number, end: number];

/** A service echoes a request in two layers at most (JSON in JSON, a URL in JSON); one more for whoever quotes the service. */
const MAX_LAYERS = 3;
/** A secret of eight characters may lack one of them at its ends and is still found, one of 32 or more may lack four. */
const CHARACTERS_PER_LOSS = 8;
const MAX_LOSS = 4;
const MIN_BASE64_NEEDLE = 8;

/** A form in which a secret is looked for. */
interface Needle {
  readonly text: string;
  /** So many characters in a row are it. */
  readonly least: number;
}

/**
 * The same for texts that differ in case, in the two alphabets of base64, or in how a form writes a space. As long as the text, unit by unit.
 */
function fold(text: string): string {
  let lower = text.toLowerCase();
  if (lower.length !== text.length) {
    lower = Array.from(text, (c) => (c.toLowerCase().length === c.length ? c.toLowerCase() : c)).join('');
  }
  return lower.replaceAll(/[ -]/g, '+').replaceAll('_', '/').replaceAll('ς', 'σ');
}

/** The characters of base64 that a secret alone decides, after 0, 1 or 2 bytes of something else. */
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
    return { text, least: text.length - loss };
  });
  // For base64 whose case was changed, which can't be decoded any more.
  const encoded = base64Forms(secret)
    .filter((form) => form.length >= MIN_BASE64_NEEDLE)
    .map((form) => ({ text: fold(form), least: form.length }));
  return [...plain, ...encoded];
}

/** Every run of at least `least` characters of the needle has one of its blocks whole in it: those are looked for, and extended. */
function search(folded: string, { text, least }: Needle, found: (start: number, end: number) => void): void {
  const block = Math.ceil(least / 2);
  for (let at = 0; at + block <= text.length; at += block) {
    const part = text.slice(at, at + block);
    for (let hit = folded.indexOf(part); hit !== -1; ) {
      let before = 0;
      while (before < at && hit > before && folded[hit - before - 1] === text[at - before - 1]) before++;
      let after = block;
      while (at + after < text.length && folded[hit + after] === text[at + after]) after++;
      const isIt = before + after >= least;
      if (isIt) found(hit - before, hit + after);
      hit = folded.indexOf(part, isIt ? hit + after : hit + 1);
    }
  }
}

/** Finds secrets in texts, however the usual encodings write them, in up to three layers. */
export class SecretFinder {
  readonly #needles = new Map<string, Needle>();
  #leastBase64 = Number.POSITIVE_INFINITY;

  add(secret: string): void {
    for (const needle of needlesOf(secret)) this.#needles.set(needle.text, needle);
    const lengths = [...this.#needles.values()].map(({ least }) => least);
    this.#leastBase64 = Math.ceil((Math.min(...lengths) * 4) / 3);
  }

  /** Apart from each other and in order; empty when there is none. */
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
