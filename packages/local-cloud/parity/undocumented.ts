/** Operations of the local cloud that the SDK models do not have, by service and name, with their source. */
export const UNDOCUMENTED: Readonly<Record<string, string>> = {
  'DCS ListOfflineKeyAnalysisNodes': 'API page of 2026',
  'IAM KeystoneCheckToken': 'OpenStack Identity API v3, "Check token"',
  'FunctionGraph ListRuntimeTypes': 'Terraform provider a0345b8, 2026-08-21: data source fgs_runtime_types',
};
