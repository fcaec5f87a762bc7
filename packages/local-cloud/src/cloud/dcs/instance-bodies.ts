import { z } from 'zod';
import { wholeNumber } from './query-fields.ts';

const text = z.string().min(1);
const offset = wholeNumber(0, 2147483647, 0);

/** Query of ListInstances (limit 1 to 1000, default 10). `capacity` is only on the page of opentelekomcloud-docs. */
export const listInstancesQuery = z.strictObject({
  instance_id: z.string().optional(),
  include_failure: z.string().optional(),
  include_delete: z.string().optional(),
  name: z.string().optional(),
  offset,
  limit: wholeNumber(1, 1000, 10),
  status: z.string().optional(),
  name_equal: z.string().optional(),
  tags: z.string().optional(),
  ip: z.string().optional(),
  capacity: z.string().optional(),
});

/** Query of BatchShowNodesInformation: at most 1000 (page of 2026-04); the SDK's text says 100. */
export const nodesQuery = z.strictObject({ offset, limit: wholeNumber(1, 1000, 10) });

/** Body of RestartOrFlushInstances. Both fields are optional on the page, and have their own error codes. */
export const instanceStatusBody = z.strictObject({
  instances: z.array(z.string()).nullish(),
  action: z.string().optional(),
});

/** Body of UpdateIpWhitelist. */
export const whitelistBody = z.strictObject({
  instance_id: z.string().optional(),
  enable_whitelist: z.boolean(),
  whitelist: z.array(z.strictObject({ group_name: text, ip_list: z.array(text) })),
});

/** Body of LoginWebCli. */
export const loginWebCliBody = z.strictObject({ password: z.string().optional() });
/** Body of ExecuteCommandMobilization. The SDK makes no field mandatory, the page `client_id`. */
export const commandBody = z.strictObject({ client_id: text, command: text, database: z.int().min(0).default(0) });
/** Body of LogoffWebCli. */
export const logoffWebCliBody = z.strictObject({ client_id: text });

/** Body of CreateOfflineKeyAnalysis. */
export const keyAnalysisBody = z.strictObject({ node_id: text, backup_id: text.optional() });
/** Query of ListOfflineKeyAnalysisTask. */
export const keyAnalysesQuery = z.strictObject({
  offset,
  limit: wholeNumber(0, 1000, 10),
  status: z.enum(['waiting', 'running', 'success', 'failed']).optional(),
});
