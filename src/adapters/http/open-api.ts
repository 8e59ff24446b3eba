/** The contract as an OpenAPI 3.1 document, made from the same schemas that check every request. */

import { z } from 'zod';
import { contract, methodNames } from '../../shared/api/contract.ts';
import { errorCodes } from '../../shared/api/result.ts';

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _dialect, ...plain } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return plain;
}

const failure = {
  type: 'object',
  required: ['ok', 'code', 'message'],
  properties: {
    ok: { const: false },
    code: { enum: [...errorCodes] },
    message: { type: 'string' },
    field: { type: 'string', description: 'The field at fault, dotted.' },
    hint: { type: 'string', description: 'What to do about it.' },
  },
};

function operationOf(name: (typeof methodNames)[number]): object {
  const { scope, summary, request, response } = contract[name];
  const value = {
    type: 'object',
    required: ['ok', 'value'],
    properties: { ok: { const: true }, value: schemaOf(response, 'output') },
  };
  return {
    operationId: name.replace('/', '.'),
    summary,
    tags: [name.slice(0, name.indexOf('/'))],
    description: `Needs the right "${scope}".`,
    security: [{ token: [] }],
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(request, 'input') } } },
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: value } } },
      default: {
        description: 'Not done. The status follows the code.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
      },
    },
  };
}

/** Gives the document of this version. */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sextant',
      version,
      description:
        'The local API of a running terminal. Every method is a POST; the stream is a WebSocket at /api/stream.',
    },
    paths: Object.fromEntries(methodNames.map((name) => [`/api/${name}`, { post: operationOf(name) }])),
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The token in host.json of the data folder.' },
      },
      schemas: { Failure: failure },
    },
  };
}
