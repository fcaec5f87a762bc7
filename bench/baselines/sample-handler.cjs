// The straightforward handler, following the samples in the SDK's README: a new client for each call, no validation. It is measured both as it is
// here, with node_modules, and bundled.
const core = require('@huaweicloud/huaweicloud-sdk-core');
const dcs = require('./dcs-sdk.cjs');

exports.initializer = (_context, callback) => callback(null, '');

exports.handler = async (event, context) => {
  const runs = [];
  for (const { s3 } of event.Records) {
    const credentials = new core.BasicCredentials()
      .withAk(context.getSecurityAccessKey())
      .withSk(context.getSecuritySecretKey())
      .withSecurityToken(context.getSecurityToken())
      .withProjectId(context.getProjectID());
    const client = dcs.DcsClient.newBuilder()
      .withCredential(credentials)
      .withEndpoint(context.getUserData('HUAWEICLOUD_DCS_ENDPOINT'))
      .build();
    const request = new dcs.CreateMigrationTaskRequest().withBody({
      task_name: `import-${Date.now()}-${s3.object.sequencer}`,
      migration_type: 'backupfile_import',
      migration_method: 'full_amount_migration',
      backup_files: {
        file_source: 'self_build_obs',
        bucket_name: s3.bucket.name,
        files: [{ file_name: decodeURIComponent(s3.object.key) }],
      },
      target_instance: { id: context.getUserData('TARGET_ID'), password: context.getUserData('CACHE_PASSWORD') },
    });
    runs.push(await client.createMigrationTask(request));
  }
  return { runs };
};
