export interface IamService {
  /** The id of the project of this name (a region's own project has the region's code). `undefined` when there is none. */
  findProjectId(name: string): Promise<string | undefined>;
}
