import { hmac, type Scope, scopeText, sha256 } from './scope-v4.ts';
import { checkSignature } from './signing-account.ts';

/** The signature of a request, from which those of its chunks follow. */
export interface SeedSignature {
  readonly key: Buffer;
  readonly scope: Scope;
  /** YYYYMMDD'T'HHMMSS'Z' */
  readonly time: string;
  /** 64 hex digits. */
  readonly signature: string;
}

/** The chain of signatures of a body in chunks: each covers the one before. */
export class ChunkSignatures {
  readonly #seed: SeedSignature;
  #previous: string;

  constructor(seed: SeedSignature) {
    this.#seed = seed;
    this.#previous = seed.signature;
  }

  /**
   * @param hash the SHA-256 of the chunk's data, in hex
   * @throws {ObsError} 403 SignatureDoesNotMatch
   */
  checkChunk(signature: string, hash: string): void {
    this.#check(signature, ['AWS4-HMAC-SHA256-PAYLOAD', this.#previous, sha256(''), hash]);
  }

  /**
   * @param trailer its lines, `name:value` and a line feed
   * @throws {ObsError} 403 SignatureDoesNotMatch
   */
  checkTrailer(signature: string, trailer: string): void {
    this.#check(signature, ['AWS4-HMAC-SHA256-TRAILER', this.#previous, sha256(trailer)]);
  }

  #check(signature: string, [algorithm = '', ...rest]: readonly string[]): void {
    const { key, scope, time } = this.#seed;
    const expected = hmac(key, [algorithm, time, scopeText(scope), ...rest].join('\n'));
    checkSignature(Buffer.from(signature, 'hex'), [expected]);
    this.#previous = signature;
  }
}
