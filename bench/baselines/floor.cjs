// The minimal handler: one signed request over node:https, without validation or error handling. The signature follows the API Request Signing
// Guide (api-sign-algorithm-001, SDK-HMAC-SHA256).
const { createHash, createHmac } = require('node:crypto');
const https = require('node:https');

const hash = (text) => createHash('sha256').update(text).digest('hex');

exports.initializer = (_context, callback) => callback(null, '');

exports.handler = async (event, context) => {
  const runs = [];
  for (const { s3 } of event.Records) {
    const body = JSON.stringify({
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
    runs.push(await send(context, `/v2/${context.getProjectID()}/migration-task`, body));
  }
  return { runs };
};

function send(context, path, body) {
  const url = new URL(path, context.getUserData('HUAWEICLOUD_DCS_ENDPOINT'));
  const headers = {
    'content-type': 'application/json',
    host: url.host,
    'x-project-id': context.getProjectID(),
    'x-sdk-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
    'x-security-token': context.getSecurityToken(),
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST',
    `${path}/`,
    '',
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    hash(body),
  ];
  const toSign = `SDK-HMAC-SHA256\n${headers['x-sdk-date']}\n${hash(canonical.join('\n'))}`;
  const signature = createHmac('sha256', context.getSecuritySecretKey()).update(toSign).digest('hex');
  headers.authorization = `SDK-HMAC-SHA256 Access=${context.getSecurityAccessKey()}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  headers['content-length'] = Buffer.byteLength(body);
  // The local cloud uses HTTP; node:https loads both modules.
  const { request } = url.protocol === 'https:' ? https : require('node:http');
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${response.statusCode} ${text}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
