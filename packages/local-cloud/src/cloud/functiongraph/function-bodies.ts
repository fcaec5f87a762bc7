import { z } from 'zod';
import type { ServiceError } from '../service-error.ts';
import { errors, functionGraphError } from './errors.ts';
import type { FunctionConfig } from './records.ts';

/** From the create page (functiongraph_06_0108); the product page adds 8192 and 10240. */
const MEMORY_SIZES = [128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 8192, 10240] as const;
const MAX_VARIABLES = 20;
/** "their total length cannot exceed 4 KB", for plain and encrypted variables alike. */
const MAX_USER_DATA_LENGTH = 4096;
/** Reserved names that must not be used for variables (user manual functiongraph_01_0154, 2025-10-25). */
const PRESET_VARIABLE = /^RUNTIME_/;
const VARIABLE = /^[A-Za-z][A-Za-z0-9_]*$/;

const entry = z
  .string()
  .min(3)
  .max(128)
  .regex(/^[A-Za-z0-9_/-]+\.[A-Za-z_$][A-Za-z0-9_$]*$/, 'must be file.export, with one dot');
const text = z.string();
const agency = z.string().max(64);

const logConfig = z.strictObject({
  group_id: text.optional(),
  group_name: text.optional(),
  stream_id: text.optional(),
  stream_name: text.optional(),
});

const settings = {
  timeout: z.int().min(3).max(259_200),
  handler: entry,
  memory_size: z
    .int()
    .refine(
      (value) => (MEMORY_SIZES as readonly number[]).includes(value),
      `must be one of ${MEMORY_SIZES.join(', ')}`,
    ),
  user_data: text.optional(),
  encrypted_user_data: text.optional(),
  xrole: agency.optional(),
  app_xrole: agency.optional(),
  description: z.string().max(512).optional(),
  func_vpc: z
    .strictObject({
      vpc_id: z.string().min(1),
      subnet_id: z.string().min(1),
      vpc_name: text.optional(),
      subnet_name: text.optional(),
      cidr: text.optional(),
      gateway: text.optional(),
      domain_id: text.optional(),
      namespace: text.optional(),
      is_safety: z.boolean().optional(),
      security_groups: z.array(text).optional(),
    })
    .optional(),
  mount_config: z
    .strictObject({
      mount_user: z.strictObject({ user_id: z.union([text, z.int()]), user_group_id: z.union([text, z.int()]) }),
      func_mounts: z.array(
        z.strictObject({
          mount_type: z.enum(['sfs', 'sfsTurbo', 'ecs']),
          mount_resource: text,
          mount_share_path: text.optional(),
          local_mount_path: text,
        }),
      ),
    })
    .optional(),
  // An empty string removes the initializer; otherwise it has the format of a handler.
  initializer_handler: z.union([z.literal(''), entry]).optional(),
  initializer_timeout: z.int().min(0).max(300).optional(),
  pre_stop_handler: z.union([z.literal(''), entry]).optional(),
  pre_stop_timeout: z.int().min(0).max(90).optional(),
  enterprise_project_id: text.optional(),
  log_config: logConfig.optional(),
  network_controller: z
    .strictObject({
      disable_public_network: z.boolean().optional(),
      trigger_access_vpcs: z.array(z.strictObject({ vpc_id: text.optional(), vpc_name: text.optional() })).optional(),
    })
    .optional(),
  is_stateful_function: z.boolean().optional(),
  enable_dynamic_memory: z.boolean().optional(),
  enable_lts_log: z.boolean().optional(),
  lts_custom_tag: z.record(text, text).optional(),
  user_data_encrypt_kms_key_id: text.optional(),
  domain_names: text.optional(),
};

const funcCode = z.strictObject({ file: text.optional(), link: text.optional() });
const codeType = z.enum(['inline', 'zip', 'obs', 'jar', 'Custom-Image-Swr']);
const name = z
  .string()
  .min(1)
  .max(60)
  .regex(
    /^[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?$/,
    'must start with a letter, end with a letter or digit, and contain only letters, digits, - and _',
  );
const runtime = z.string().regex(/^Node\.js\d+\.\d+$/, 'must be a Node.js runtime such as Node.js20.15');

/** Body of CreateFunction (functiongraph_06_0108). */
export const createBody = z.strictObject({
  ...settings,
  func_name: name,
  package: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,59}$/),
  runtime,
  code_type: codeType,
  code_url: text.optional(),
  code_filename: text.optional(),
  func_code: funcCode.optional(),
  depend_version_list: z.array(text).optional(),
  code_encrypt_kms_key_id: text.optional(),
  type: z.enum(['v1', 'v2']).optional(),
});

/** Body of UpdateFunctionCode (functiongraph_06_0110). */
export const codeBody = z.strictObject({
  code_type: codeType,
  code_url: text.optional(),
  code_filename: text.optional(),
  func_code: funcCode.optional(),
  depend_version_list: z.array(text).optional(),
  code_encrypt_kms_key_id: text.optional(),
});

/** Body of UpdateFunctionConfig (functiongraph_06_0111): name, runtime, timeout, handler and memory are always required. */
export const configBody = z.strictObject({
  ...settings,
  func_name: name,
  runtime,
  peering_cidr: text.optional(),
  strategy_config: z
    .strictObject({
      concurrency: z.int().min(-1).max(1000).optional(),
      concurrent_num: z.int().min(1).max(1000).optional(),
    })
    .optional(),
  ephemeral_storage: z.union([z.literal(512), z.literal(10_240)]).optional(),
  extend_config: text.optional(),
  restore_hook_handler: z.union([z.literal(''), entry]).optional(),
  restore_hook_timeout: z.int().min(0).max(300).optional(),
  heartbeat_handler: z.union([z.literal(''), entry]).optional(),
  enable_class_isolation: z.boolean().optional(),
  enable_auth_in_header: z.boolean().optional(),
});

export const maxInstanceBody = z.strictObject({ max_instance_num: z.int().min(-1).max(1000) });

/** The field-specific codes of the error table. */
const FIELD_CODES = new Map<string, readonly [code: string, message: string]>(
  Object.entries({
    func_name: ['FSS.1002', 'Invalid function name.'],
    handler: ['FSS.1003', 'Invalid function handler.'],
    initializer_handler: ['FSS.1003', 'Invalid function handler.'],
    pre_stop_handler: ['FSS.1003', 'Invalid function handler.'],
    package: ['FSS.1004', 'Invalid Package (function app).'],
    runtime: ['FSS.1005', 'Invalid runtime.'],
    code_type: ['FSS.1006', 'Invalid function code entry mode.'],
    memory_size: ['FSS.1007', 'Invalid function memory.'],
    timeout: ['FSS.1008', 'Invalid function timeout.'],
    user_data: ['FSS.1009', 'Invalid function UserData.'],
    encrypted_user_data: ['FSS.1009', 'Invalid function UserData.'],
    func_code: ['FSS.1011', 'Invalid function code.'],
    description: ['FSS.1019', 'The description exceeds the maximum allowed limit.'],
    strategy_config: ['FSS.1026', 'Invalid Concurrency.'],
  }),
);

/** The error for an invalid field of a function's body. */
export function invalidField(field: string, problem: string): ServiceError {
  const [code, message] = FIELD_CODES.get(field.split(/[.[]/)[0] ?? '') ?? ['FSS.0400', 'Invalid parameter.'];
  return functionGraphError(400, code, `${message} ${field}: ${problem}`);
}

/**
 * Parses the variables of a function; `{}` when there are none.
 *
 * @throws {ServiceError} when it is not a JSON object of strings, a name is not allowed, or there are too many
 */
export function readUserData(json: string | undefined): Record<string, string> {
  if (json === undefined || json === '') return {};
  if (Buffer.byteLength(json) > MAX_USER_DATA_LENGTH) throw errors.userDataTooLong();
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw errors.badUserData('It is not in JSON format.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw errors.badUserData('It is not a JSON object.');
  const entries = Object.entries(value);
  if (entries.length > MAX_VARIABLES) throw errors.tooManyVariables();
  for (const [variable, content] of entries) {
    if (!VARIABLE.test(variable) || PRESET_VARIABLE.test(variable))
      throw errors.badUserData(`The name ${variable} is not allowed.`);
    if (typeof content !== 'string') throw errors.badUserData(`${variable} is not a string.`);
  }
  return value as Record<string, string>;
}

/**
 * Checks what the tables of single fields cannot express.
 *
 * @param files the paths of the code's files
 * @throws {ServiceError} when a variable is not allowed or the file of a handler does not exist
 */
export function checkConfig(config: FunctionConfig, files: readonly string[]): void {
  readUserData(config.user_data);
  readUserData(config.encrypted_user_data);
  for (const handler of [config.handler, config.initializer_handler]) {
    if (handler === undefined || handler === '') continue;
    const file = `${handler.slice(0, handler.lastIndexOf('.'))}.js`;
    if (!files.includes(file)) throw errors.badHandler(`${handler}: the code has no file ${file}.`);
  }
  const { initializer_handler: initializer = '', initializer_timeout: timeout = 0 } = config;
  if (initializer !== '' && timeout < 1)
    throw invalidField('initializer_timeout', 'is required with initializer_handler, from 1 to 300');
}
