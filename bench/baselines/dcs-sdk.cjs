// The generated client of DCS. Some registries lack its package. In that case: one of its operations, written as the generator would, together with
// the generated client of FunctionGraph, which is available and has two thirds of the classes (281 files instead of 415). Without the package the
// sample handler therefore appears lighter than it is.
function generated() {
  try {
    return require('@huaweicloud/huaweicloud-sdk-dcs/v2/public-api');
  } catch {
    require('@huaweicloud/huaweicloud-sdk-functiongraph/v2/public-api');
    return { CreateMigrationTaskRequest, DcsClient };
  }
}

class CreateMigrationTaskRequest {
  withBody(body) {
    this.body = body;
    return this;
  }
}

class DcsClient {
  static newBuilder() {
    const { ClientBuilder } = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder');
    return new ClientBuilder((client) => new DcsClient(client));
  }

  constructor(client) {
    this.hcClient = client;
  }

  createMigrationTask(request) {
    return this.hcClient.sendRequest({
      method: 'POST',
      url: '/v2/{project_id}/migration-task',
      contentType: 'application/json;charset=UTF-8',
      queryParams: {},
      pathParams: {},
      headers: { 'Content-Type': 'application/json;charset=UTF-8' },
      data: request.body,
      responseHeaders: [''],
    });
  }
}

module.exports = generated();
