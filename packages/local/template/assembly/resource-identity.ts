import { createHash } from 'node:crypto';
import { partitionOf } from '../../model/partition.ts';

/** The account and Region that the run uses for the application. */
export interface Place {
  region: string;
  accountId: string;
}

export interface IdentityInput extends Place {
  stackName: string;
  logicalId: string;
  type: string;
  /** The name that the developer gives for the resource. */
  given?: string;
  /** A resolved property of the resource. */
  property(name: string): unknown;
}

/** The values of `Ref` and `Fn::GetAtt` for a resource. */
export interface Identity {
  ref: string;
  /** `undefined` for an attribute that is unknown here. */
  attribute(name: string): string | undefined;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten lower-case letters and digits, like AWS's API ids, and always the same for the same resource. */
const apiIdOf = (stackName: string, logicalId: string): string =>
  [...createHash('sha256').update(`${stackName}/${logicalId}`).digest().subarray(0, 10)]
    .map((byte) => ALPHABET[byte % ALPHABET.length])
    .join('');

/**
 * CloudFormation makes `stack-logicalId-RANDOM` if a template gives no name. The random end is left out here, so that a
 * table has the same name in each run. A name that is cut to its service's limit ends in a hash.
 */
const generatedName = ({ stackName, logicalId }: IdentityInput, maxLength: number, suffix = ''): string => {
  const name = `${stackName}-${logicalId}`;
  if (name.length + suffix.length <= maxLength) return name + suffix;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, maxLength - suffix.length - hash.length - 1)}-${hash}${suffix}`;
};

const named = (input: IdentityInput, property: string, maxLength: number, suffix?: string): string => {
  if (input.given !== undefined) return input.given;
  const given = input.property(property);
  return typeof given === 'string' ? given : generatedName(input, maxLength, suffix);
};

const identity = (ref: string, attributes: Readonly<Record<string, string>>): Identity => ({
  ref,
  attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined),
});

/** `arn:aws:sqs:us-east-1:123456789012`, with the partition of the Region. */
const arnStart = (service: string, { region, accountId }: Place): string =>
  `arn:${partitionOf(region)}:${service}:${service === 'iam' ? '' : region}:${accountId}`;

const tableIdentity = (input: IdentityInput): Identity => {
  const name = named(input, 'TableName', 255);
  const arn = `${arnStart('dynamodb', input)}:table/${name}`;
  return identity(name, { Arn: arn, StreamArn: `${arn}/stream/2020-01-01T00:00:00.000`, TableId: name });
};

/** In the form that verifiers of tokens expect: `us-east-1_a1b2c3d4e`. */
const userPoolIdentity = (input: IdentityInput): Identity => {
  const { stackName, logicalId, region, given = `${region}_${apiIdOf(stackName, logicalId).slice(0, 9)}` } = input;
  const providerName = `cognito-idp.${region}.amazonaws.com/${given}`;
  return identity(given, {
    UserPoolId: given,
    Arn: `${arnStart('cognito-idp', input)}:userpool/${given}`,
    ProviderName: providerName,
    ProviderURL: `https://${providerName}`,
  });
};

const userPoolClientIdentity = ({ stackName, logicalId, given }: IdentityInput): Identity => {
  const clientId = given ?? apiIdOf(stackName, logicalId);
  return identity(clientId, { ClientId: clientId, Name: logicalId });
};

/** Identities by resource type. The maximum lengths of names are the services' limits. */
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
    return identity(name, { Arn: `${arnStart('lambda', input)}:function:${name}` });
  },
  'AWS::Lambda::Version': (input) =>
    identity(`${functionArnOf(input)}:1`, { Version: '1', FunctionArn: `${functionArnOf(input)}:1` }),
  'AWS::Lambda::Alias': (input) => {
    const arn = `${functionArnOf(input)}:${String(input.property('Name'))}`;
    return identity(arn, { AliasArn: arn });
  },
  'AWS::Cognito::UserPool': userPoolIdentity,
  'AWS::Cognito::UserPoolClient': userPoolClientIdentity,
  'AWS::DynamoDB::Table': tableIdentity,
  'AWS::DynamoDB::GlobalTable': tableIdentity,
  'AWS::SQS::Queue': (input, sqsUrl) => {
    const name = named(input, 'QueueName', 80, isFifo(input) ? '.fifo' : '');
    const url = `${sqsUrl}/${input.accountId}/${name}`;
    return identity(url, {
      Arn: `${arnStart('sqs', input)}:${name}`,
      QueueName: name,
      QueueUrl: url,
    });
  },
  'AWS::Logs::LogGroup': (input) => {
    const name = named(input, 'LogGroupName', 512);
    return identity(name, { Arn: `${arnStart('logs', input)}:log-group:${name}:*` });
  },
  'AWS::IAM::Role': (input) => {
    const name = named(input, 'RoleName', 64);
    const path = input.property('Path') ?? '/';
    return identity(name, { Arn: `${arnStart('iam', input)}:role${path}${name}`, RoleId: name });
  },
  'AWS::IAM::ManagedPolicy': (input) => {
    const arn = `${arnStart('iam', input)}:policy/${named(input, 'ManagedPolicyName', 128)}`;
    return identity(arn, { PolicyArn: arn });
  },
};

const functionArnOf = (input: IdentityInput): string => {
  const name = String(input.property('FunctionName'));
  return name.startsWith('arn:') ? name : `${arnStart('lambda', input)}:function:${name}`;
};

const isFifo = (input: IdentityInput): boolean => String(input.property('FifoQueue')) === 'true';

/**
 * A resource's name and attributes. Types that are only declared get a name and an ARN of the usual form. If the name
 * of a resource was given, its attributes are not made up, because the function expects real ones.
 */
export const identityOf = (input: IdentityInput, sqsUrl: string): Identity => {
  const known = Object.hasOwn(IDENTITIES, input.type) ? IDENTITIES[input.type] : undefined;
  if (known) return known(input, sqsUrl);
  const name = input.given ?? generatedName(input, 128);
  const service = input.type.split('::')[1]?.toLowerCase() ?? 'custom';
  const arn = `${arnStart(service, input)}:${name}`;
  return {
    ref: name,
    attribute: (attribute) => (attribute.endsWith('Arn') ? arn : input.given === undefined ? name : undefined),
  };
};
