/** What is known about a secret in DEW besides its values. */
export interface StoredSecretState {
  /** `ENABLED`, `DISABLED`, `PENDING_DELETE` or `FROZEN`. Only values of enabled secrets can be read. */
  readonly state: string;
}

/** The Cloud Secret Management Service (CSMS) of DEW. */
export interface CsmsService {
  /**
   * Reads the value of a version.
   *
   * @param version its ID, or `latest`
   * @returns `undefined` when the value is binary
   */
  readVersion(name: string, version: string): Promise<string | undefined>;
  /** `undefined` when there is no such secret. Reads no value. */
  showSecret(name: string): Promise<StoredSecretState | undefined>;
}
