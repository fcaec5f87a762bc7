import { check, queryObject } from '../check.ts';
import { makeOperation } from '../make-operation.ts';
import type { Operation, OperationCall } from '../operation.ts';
import { errors, invalidParameter } from './errors.ts';
import type { SmsTasks } from './tasks.ts';
import { deleteTemplatesBody, listTemplatesQuery, templateBody } from './template-bodies.ts';
import type { LocalTemplate, Templates } from './templates.ts';

const PATH = '/v3/vm/templates';

/** CreateTemplate, ListTemplates, ShowTemplate, UpdateTemplate, DeleteTemplate and DeleteTemplates. */
export function templateOperations(templates: Templates, tasks: SmsTasks): Operation[] {
  const owner = (call: OperationCall) => call.account.domainId;
  const idOf = (call: OperationCall) => call.params['id'] ?? '';

  /** A template cannot be deleted before the task that uses it. */
  const remove = (call: OperationCall, ids: readonly string[]): void => {
    for (const id of ids) {
      templates.get(owner(call), id);
      const task = tasks.findOfTemplate(id);
      if (task !== undefined) throw errors.templateInUse(id, task.id);
    }
    for (const id of ids) templates.delete(id);
  };

  return [
    makeOperation('CreateTemplate', 'POST', PATH, (call) => {
      const { template } = check(templateBody, call.body, invalidParameter);
      return { status: 200, body: { id: templates.create(owner(call), template).id } };
    }),
    makeOperation('ListTemplates', 'GET', PATH, (call) => {
      const query = check(listTemplatesQuery, queryObject(call.query), invalidParameter);
      const found = templates
        .of(owner(call))
        .filter(
          (template) =>
            (query.id === undefined || template.id === query.id) &&
            (query.region === undefined || template.region === query.region) &&
            (query.availability_zone === undefined || template.availability_zone === query.availability_zone) &&
            (query.name === undefined || template.name.includes(query.name)),
        );
      const page = found.slice(query.offset, query.offset + query.limit).map(templateRow);
      return { status: 200, body: { count: found.length, templates: page } };
    }),
    makeOperation('ShowTemplate', 'GET', `${PATH}/{id}`, (call) => ({
      status: 200,
      body: { template: templateRow(templates.get(owner(call), idOf(call))) },
    })),
    makeOperation('UpdateTemplate', 'PUT', `${PATH}/{id}`, (call) => {
      const { template } = check(templateBody, call.body, invalidParameter);
      templates.replace(owner(call), idOf(call), template);
      return { status: 200, body: {} };
    }),
    makeOperation('DeleteTemplate', 'DELETE', `${PATH}/{id}`, (call) => {
      remove(call, [idOf(call)]);
      return { status: 200, body: {} };
    }),
    makeOperation('DeleteTemplates', 'POST', `${PATH}/delete`, (call) => {
      remove(call, check(deleteTemplatesBody, call.body, invalidParameter).ids);
      return { status: 200, body: {} };
    }),
  ];
}

/** A template in a response: `is_template` is a string, omitted fields are empty, and the password is left out. */
function templateRow(template: LocalTemplate): Record<string, unknown> {
  const { target_password: _, ...shown } = template;
  return {
    region: '',
    projectid: '',
    target_server_name: '',
    availability_zone: '',
    volumetype: 'SAS',
    flavor: '',
    vpc: null,
    nics: [],
    security_groups: [],
    publicip: null,
    disk: [],
    data_volume_type: 'SAS',
    image_id: '',
    ...shown,
    is_template: String(template.is_template ?? true),
  };
}
