// The two service packages are optional: some registries do not carry them. This is the part of their generated clients that is used; it
// stands in for their own types, which take model classes and say nothing of what really comes back (plain JSON, snake_case).

declare module '@huaweicloud/huaweicloud-sdk-dcs/v2/public-api.js' {
  import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';

  export class DcsClient {
    constructor(client: HcClient);
    createMigrationTask(request: { readonly body: object }): Promise<object>;
    createOnlineMigrationTask(request: { readonly body: object }): Promise<object>;
    setOnlineMigrationTask(request: { readonly task_id: string; readonly body: object }): Promise<object>;
    listMigrationTask(request: {
      readonly offset: number;
      readonly limit: number;
      readonly name?: string;
    }): Promise<object>;
    showMigrationTaskStats(request: { readonly task_id: string }): Promise<object>;
    listMigrationTaskLogs(request: {
      readonly task_id: string;
      readonly offset: number;
      readonly limit: number;
      readonly log_level: string;
    }): Promise<object>;
    stopMigrationTask(request: { readonly task_id: string }): Promise<object>;
    deleteMigrationTask(request: { readonly body: object }): Promise<object>;
    showJobInfo(request: { readonly job_id: string }): Promise<object>;
    showInstance(request: { readonly instance_id: string }): Promise<object>;
    listBackupRecords(request: {
      readonly instance_id: string;
      readonly offset: number;
      readonly limit: number;
    }): Promise<object>;
    copyInstance(request: { readonly instance_id: string; readonly body: object }): Promise<object>;
  }
}

declare module '@huaweicloud/huaweicloud-sdk-sms/v3/public-api.js' {
  import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient.js';

  export class SmsClient {
    constructor(client: HcClient);
    createTask(request: { readonly body: object }): Promise<object>;
    listTasks(request: {
      readonly source_server_id?: string;
      readonly offset: number;
      readonly limit: number;
    }): Promise<object>;
    showTask(request: { readonly task_id: string }): Promise<object>;
    updateTaskStatus(request: { readonly task_id: string; readonly body: object }): Promise<object>;
    showServer(request: { readonly source_id: string }): Promise<object>;
    showTemplate(request: { readonly id: string }): Promise<object>;
  }
}
