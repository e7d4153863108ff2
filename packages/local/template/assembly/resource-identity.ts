import { createHash } from 'node:crypto';

/** Where the application is thought to be deployed. */
export interface Place {
  region: string;
  accountId: string;
}

export interface IdentityInput extends Place {
  stackName: string;
  logicalId: string;
  type: string;
  /** A resolved property of the resource. */
  property(name: string): unknown;
}

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface Identity {
  ref: string;
  /** `undefined` for an attribute that the type does not have, as far as is known here. */
  attribute(name: string): string | undefined;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten lower-case letters and digits, as AWS's API ids, always the same for the same resource. */
const apiIdOf = (stackName: string, logicalId: string): string =>
  [...createHash('sha256').update(`${stackName}/${logicalId}`).digest().subarray(0, 10)]
    .map((byte) => ALPHABET[byte % ALPHABET.length])
    .join('');

/**
 * CloudFormation makes `stack-logicalId-RANDOM` where a template gives no name. Ours is without the random end, so that
 * a table has the same name in each run; a name that is cut to its service's limit ends in a hash instead.
 */
const generatedName = ({ stackName, logicalId }: IdentityInput, maxLength: number, suffix = ''): string => {
  const name = `${stackName}-${logicalId}`;
  if (name.length + suffix.length <= maxLength) return name + suffix;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, maxLength - suffix.length - hash.length - 1)}-${hash}${suffix}`;
};

const named = (input: IdentityInput, property: string, maxLength: number, suffix?: string): string => {
  const given = input.property(property);
  return typeof given === 'string' ? given : generatedName(input, maxLength, suffix);
};

/** A name, an ARN and maybe more attributes. */
const identity = (ref: string, attributes: Readonly<Record<string, string>>): Identity => ({
  ref,
  attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined),
});

const tableIdentity = (input: IdentityInput): Identity => {
  const name = named(input, 'TableName', 255);
  const arn = `arn:aws:dynamodb:${input.region}:${input.accountId}:table/${name}`;
  return identity(name, { Arn: arn, StreamArn: `${arn}/stream/2020-01-01T00:00:00.000`, TableId: name });
};

/** Limits of the names' lengths are those of the services. */
const IDENTITIES: Readonly<Record<string, (input: IdentityInput, sqsUrl: string) => Identity>> = {
  'AWS::ApiGatewayV2::Api': ({ stackName, logicalId, region }) => {
    const apiId = apiIdOf(stackName, logicalId);
    return identity(apiId, { ApiId: apiId, ApiEndpoint: `wss://${apiId}.execute-api.${region}.amazonaws.com` });
  },
  'AWS::ApiGatewayV2::DomainName': (input) => {
    const name = String(input.property('DomainName'));
    return identity(name, {
      DomainName: name,
      RegionalDomainName: name,
      RegionalHostedZoneId: 'Z00000000000000000000',
    });
  },
  'AWS::ApiGatewayV2::Stage': (input) => identity(String(input.property('StageName')), {}),
  'AWS::Lambda::Function': (input) => {
    const name = named(input, 'FunctionName', 64);
    return identity(name, { Arn: `arn:aws:lambda:${input.region}:${input.accountId}:function:${name}` });
  },
  'AWS::Lambda::Version': (input) =>
    identity(`${functionArnOf(input)}:1`, { Version: '1', FunctionArn: `${functionArnOf(input)}:1` }),
  'AWS::Lambda::Alias': (input) => {
    const arn = `${functionArnOf(input)}:${String(input.property('Name'))}`;
    return identity(arn, { AliasArn: arn });
  },
  'AWS::DynamoDB::Table': tableIdentity,
  'AWS::DynamoDB::GlobalTable': tableIdentity,
  'AWS::SQS::Queue': (input, sqsUrl) => {
    const name = named(input, 'QueueName', 80, isFifo(input) ? '.fifo' : '');
    const url = `${sqsUrl}/${input.accountId}/${name}`;
    return identity(url, {
      Arn: `arn:aws:sqs:${input.region}:${input.accountId}:${name}`,
      QueueName: name,
      QueueUrl: url,
    });
  },
  'AWS::Logs::LogGroup': (input) => {
    const name = named(input, 'LogGroupName', 512);
    return identity(name, { Arn: `arn:aws:logs:${input.region}:${input.accountId}:log-group:${name}:*` });
  },
  'AWS::IAM::Role': (input) => {
    const name = named(input, 'RoleName', 64);
    const path = input.property('Path') ?? '/';
    return identity(name, { Arn: `arn:aws:iam::${input.accountId}:role${path}${name}`, RoleId: name });
  },
  'AWS::IAM::ManagedPolicy': (input) => {
    const arn = `arn:aws:iam::${input.accountId}:policy/${named(input, 'ManagedPolicyName', 128)}`;
    return identity(arn, { PolicyArn: arn });
  },
};

const functionArnOf = (input: IdentityInput): string => {
  const name = String(input.property('FunctionName'));
  return name.startsWith('arn:') ? name : `arn:aws:lambda:${input.region}:${input.accountId}:function:${name}`;
};

const isFifo = (input: IdentityInput): boolean => String(input.property('FifoQueue')) === 'true';

/** What a resource is called. Types that are only declared have a name and an ARN of the usual form. */
export const identityOf = (input: IdentityInput, sqsUrl: string): Identity => {
  const known = Object.hasOwn(IDENTITIES, input.type) ? IDENTITIES[input.type] : undefined;
  if (known) return known(input, sqsUrl);
  const name = generatedName(input, 128);
  const service = input.type.split('::')[1]?.toLowerCase() ?? 'custom';
  const arn = `arn:aws:${service}:${input.region}:${input.accountId}:${name}`;
  return { ref: name, attribute: (attribute) => (attribute.endsWith('Arn') ? arn : name) };
};
