/** Replaces the SDK's IAM lookups, which are made for a client with a region but no project; ours have a project but no region. */
export class IamService {
  /** @throws {Error} always */
  constructor() {
    throw new Error("the SDK's IamService is not in this bundle; give the credentials their project or account id");
  }
}
