// What Stryker leaves out (`npm run mutation`): the wording of messages, and of a whole run all but a share of the functions.
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import config from '../../stryker.config.mjs';

/** Of whole functions: where Stryker leaves out a node, it leaves out what is within. Their names decide, so that an edit elsewhere changes nothing. */
class Sample {
  static inject = ['options'];

  /** Files named with `--mutate` are tried whole. */
  constructor({ mutate }) {
    const isNamed = String(mutate) !== String(config.mutate);
    this.share = Number(process.env['MUTATION_SHARE'] ?? (isNamed ? 1 : 0.06));
  }

  shouldIgnore(path) {
    const name = nameOfUnit(path);
    if (name === undefined) return undefined;
    const file = basename(path.hub.file.opts.filename);
    const hash = createHash('sha256').update(`${file} ${name}`).digest().readUInt32BE();
    return hash / 2 ** 32 < this.share ? undefined : 'not in the sample';
  }
}

/** A declaration of a file, or a member of a class. */
function nameOfUnit({ node, parent }) {
  if (parent?.type === 'ClassBody') return node.key?.name ?? node.type;
  if (parent?.type !== 'Program') return undefined;
  const declared = node.declaration ?? node;
  if (declared.type === 'ClassDeclaration') return undefined;
  return (declared.declarations?.[0] ?? declared).id?.name ?? node.type;
}

/** A text with a space is for people: a test that holds each of its words would only repeat it. Names of states, keys and codes have none. */
const wording = {
  shouldIgnore({ node }) {
    const isWording = node.type === 'StringLiteral' ? node.value.includes(' ') : hasSpace(node);
    return isWording ? 'wording of a message' : undefined;
  },
};

function hasSpace(node) {
  return node.type === 'TemplateLiteral' && node.quasis.some(({ value }) => value.raw.includes(' '));
}

export const strykerPlugins = [
  { kind: 'Ignore', name: 'sample', injectableClass: Sample },
  { kind: 'Ignore', name: 'wording', value: wording },
];
