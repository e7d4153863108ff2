import { describe, expect, it } from '@jest/globals';
import { addRouteLine, addStack } from '../../../commands/starter/edit-source.ts';

const STACK = (app: string) => ({ importLine: 'IMPORT', statement: `STACK(${app})` });
/** A template with a bracket in its text and a value. */
const TEMPLATE = ['`(', '{x}`'].join('$');
const ROUTE = (api: string) => `ROUTE(${api})`;

describe('addStack', () => {
  it.each([
    [
      'after one line',
      "import { App } from 'aws-cdk-lib';\n\nconst app = new App();\nrest();\n",
      "import { App } from 'aws-cdk-lib';\nIMPORT\n\nconst app = new App();\nSTACK(app)\nrest();\n",
    ],
    [
      'after options over several lines, with brackets in texts and comments',
      `import {\n  App,\n} from 'aws-cdk-lib'\nlet cdkApp: App = new App({ // :)\n  a: ')', b: ${TEMPLATE}, /* ) */\n})\n`,
      `import {\n  App,\n} from 'aws-cdk-lib'\nIMPORT\nlet cdkApp: App = new App({ // :)\n  a: ')', b: ${TEMPLATE}, /* ) */\n})\nSTACK(cdkApp)\n`,
    ],
    [
      'with the line ends and the indentation of the file',
      "import cdk = require('aws-cdk-lib');\r\nfunction main() {\r\n  const app = new cdk.App(); // x\r\n}\r\n",
      "import cdk = require('aws-cdk-lib');\r\nIMPORT\r\nfunction main() {\r\n  const app = new cdk.App(); // x\r\n  STACK(app)\r\n}\r\n",
    ],
  ])('adds an import and a statement %s', (_where, source, expected) => {
    expect(addStack(source, STACK)).toBe(expected);
  });

  it.each([
    ['there is no application', "import { a } from 'b';\nexport const app = make();\n"],
    ['it has no variable', "import { App } from 'b';\nnew MyStack(new App(), 'x');\n"],
    ['nothing is imported', 'const app = new App();\n'],
    ['the statement goes on', "import { App } from 'b';\nconst app = new App()\n  .with(1);\n"],
    ['more follows in its line', "import { App } from 'b';\nconst app = new App(); go(app);\n"],
    ['its brackets do not close', "import { App } from 'b';\nconst app = new App({ a: [ \n"],
    ['it is in a comment', "import { App } from 'b';\n// const app = new App();\n"],
  ])('leaves a file as it is if %s', (_why, source) => {
    expect(addStack(source, STACK)).toBeUndefined();
  });
});

describe('addRouteLine', () => {
  it.each([
    [
      'after the API',
      "  const chat = new FanOutApi(this, 'Chat', {\n    handlers,\n  });\n  rest();\n",
      "  const chat = new FanOutApi(this, 'Chat', {\n    handlers,\n  });\n  ROUTE(chat)\n  rest();\n",
    ],
    [
      'after the last route beside it',
      "  this.chat = new FanOutApi(this, 'C', p);\n  this.chat.addRoute('a');\n  this.chat.addRoute('b', {\n    can: [],\n  });\n  if (x) {\n    this.chat.addRoute('c');\n  }\n",
      "  this.chat = new FanOutApi(this, 'C', p);\n  this.chat.addRoute('a');\n  this.chat.addRoute('b', {\n    can: [],\n  });\n  ROUTE(this.chat)\n  if (x) {\n    this.chat.addRoute('c');\n  }\n",
    ],
    [
      'not after a route of another',
      "const one = new FanOutApi(a, 'A', p);\nother.addRoute('b');\n",
      "const one = new FanOutApi(a, 'A', p);\nROUTE(one)\nother.addRoute('b');\n",
    ],
  ])('adds a line %s', (_where, source, expected) => {
    expect(addRouteLine(source, ROUTE)).toBe(expected);
  });

  it.each([
    ['two APIs are made', "const a = new FanOutApi(s, 'A', p);\nconst b = new FanOutApi(s, 'B', p);\n"],
    ['the API has no variable', "new FanOutApi(this, 'Chat', p);\n"],
    ['a route is added to it in the same statement', "const route = new FanOutApi(this, 'Chat', p).addRoute('a');\n"],
    ['it is in a docstring', "/**\n * const chat = new FanOutApi(this, 'Chat', p);\n */\n"],
  ])('leaves a file as it is if %s', (_why, source) => {
    expect(addRouteLine(source, ROUTE)).toBeUndefined();
  });
});
