/** The provider plugin for the Serverless Framework: `plugins: [huaweicloud-migration-functions]` in `serverless.yml`. */
export default class HuaweiPlugin {
  /** Called by the framework. */
  constructor(serverless: object, options: object, output: object);
  readonly provider: object;
  readonly commands: object;
  readonly hooks: object;
}
