// The two service packages are optional: some registries do not carry them. This is the part of their generated clients that is used; it
// stands in for their own types, which take model classes and say nothing of what really comes back (plain JSON, snake_case).

declare module '@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js' {
  import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';

  export class DcsClient {
    constructor(client: HcClient);
    createMigrationTask(request: { readonly body: object }): Promise<object>;
    createOnlineMigrationTask(request: { readonly body: object }): Promise<object>;
    listMigrationTask(request: {
      readonly offset: number;
      readonly limit: number;
      readonly name: string;
    }): Promise<object>;
  }
}

declare module '@huaweicloud/huaweicloud-sdk-sms/v3/public-api.js' {
  import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';

  export class SmsClient {
    constructor(client: HcClient);
    createTask(request: { readonly body: object }): Promise<object>;
    listTasks(request: {
      readonly source_server_id: string;
      readonly offset: number;
      readonly limit: number;
    }): Promise<object>;
  }
}
