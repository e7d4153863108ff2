import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

/**
 * Calls a JSON service of this run as the developer. Rejects with the service's error, under the service's name for it.
 */
export const callService = (url: string, target: string, body: object): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/local/aws4_request, SignedHeaders=host, Signature=none',
    };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        const answer = JSON.parse(text || '{}');
        if (response.statusCode === 200) return resolve(answer);
        const error = new Error(answer.message ?? answer.Message ?? text);
        error.name = String(answer.__type).replace(/^.*#/, '');
        return reject(error);
      });
    });
    call.on('error', reject);
    call.end(JSON.stringify(body));
  });
