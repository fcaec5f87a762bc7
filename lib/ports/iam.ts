export interface IamService {
  /** The id of the project of this name (a region's default project is named like the region). `undefined` when it does not exist. */
  findProjectId(name: string): Promise<string | undefined>;
}
