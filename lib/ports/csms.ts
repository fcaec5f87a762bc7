/** The Cloud Secret Management Service (CSMS) of DEW. */
export interface CsmsService {
  /**
   * Reads the value of a version.
   *
   * @param version its ID, or `latest`
   * @returns `undefined` when the value is binary
   */
  readVersion(name: string, version: string): Promise<string | undefined>;
}
