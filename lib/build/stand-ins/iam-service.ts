/** In place of the SDK's look-ups in IAM, which it makes for a client with a region and without a project: ours has it the other way round. */
export class IamService {
  /** @throws {Error} always */
  constructor() {
    throw new Error("the SDK's IamService is not in this bundle; give the credentials their project or account id");
  }
}
