/**
 * Documented operations that this cloud does not have although the path of another operation matches theirs, or only their method is missing. The
 * gateway responds to them as to any API that is not published, instead of taking `flavors` for the ID of a server. An operation that exists wins.
 *
 * Names and paths are from the generated Node.js clients, version 3.1.209.
 */
export const UNPUBLISHED: readonly { readonly name: string; readonly method: string; readonly path: string }[] = [
  { name: 'DCS.CreateInstance', method: 'POST', path: '/v2/{project_id}/instances' },
  { name: 'DCS.BatchDeleteInstances', method: 'DELETE', path: '/v2/{project_id}/instances' },
  { name: 'DCS.DeleteSingleInstance', method: 'DELETE', path: '/v2/{project_id}/instances/{instance_id}' },
  { name: 'DCS.UpdateInstance', method: 'PUT', path: '/v2/{project_id}/instances/{instance_id}' },
  { name: 'DCS.ExportExcelJob', method: 'GET', path: '/v2/{project_id}/instances/export-job' },
  { name: 'DCS.ExportInstancesTask', method: 'POST', path: '/v2/{project_id}/instances/export' },
  { name: 'DCS.ListNumberOfInstancesInDifferentStatus', method: 'GET', path: '/v2/{project_id}/instances/status' },
  { name: 'DCS.ListStatisticsOfRunningInstances', method: 'GET', path: '/v2/{project_id}/instances/statistic' },
  { name: 'DCS.ShowTags', method: 'GET', path: '/v2/{project_id}/instances/{instance_id}/tags' },
  { name: 'DCS.ListTagsOfTenant', method: 'GET', path: '/v2/{project_id}/dcs/tags' },
  { name: 'CSMS.BatchImportSecrets', method: 'POST', path: '/v1/{project_id}/secrets/batch-import' },
  { name: 'CSMS.UploadSecretBlob', method: 'POST', path: '/v1/{project_id}/secrets/restore' },
  { name: 'CSMS.UpdateSecret', method: 'PUT', path: '/v1/{project_id}/secrets/{secret_name}' },
  { name: 'CSMS.UpdateVersion', method: 'PUT', path: '/v1/{project_id}/secrets/{secret_name}/versions/{version_id}' },
  { name: 'CSMS.UpdateSecretStage', method: 'PUT', path: '/v1/{project_id}/secrets/{secret_name}/stages/{stage_name}' },
  {
    name: 'CSMS.DeleteSecretStage',
    method: 'DELETE',
    path: '/v1/{project_id}/secrets/{secret_name}/stages/{stage_name}',
  },
  { name: 'SMN.ListResourceTags', method: 'GET', path: '/v2/{project_id}/smn_topic/{resource_id}/tags' },
  { name: 'SMN.ListProjectTags', method: 'GET', path: '/v2/{project_id}/smn_topic/tags' },
  { name: 'ECS.ListFlavorSellPolicies', method: 'GET', path: '/v1/{project_id}/cloudservers/flavor-sell-policies' },
  { name: 'ECS.ListFlavors', method: 'GET', path: '/v1/{project_id}/cloudservers/flavors' },
  { name: 'ECS.ListResizeFlavors', method: 'GET', path: '/v1/{project_id}/cloudservers/resize_flavors' },
  { name: 'ECS.ListServerGroups', method: 'GET', path: '/v1/{project_id}/cloudservers/os-server-groups' },
  { name: 'ECS.ListServerTags', method: 'GET', path: '/v1/{project_id}/cloudservers/tags' },
  { name: 'ECS.ListServersDetails', method: 'GET', path: '/v1/{project_id}/cloudservers/detail' },
  { name: 'ECS.ShowServerLimits', method: 'GET', path: '/v1/{project_id}/cloudservers/limits' },
];
