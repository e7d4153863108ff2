import { defineConfig } from 'vitepress';
import reference from '../reference/typedoc-sidebar.json' with { type: 'json' };
import { checkAnchors } from './check-anchors.ts';
import { SIDEBAR } from './sidebar.ts';

/** The site: `npm run docs` builds it to `build/docs`. A link to a page that does not exist fails the build. */
export default defineConfig({
  lang: 'en',
  title: 'middy-fanout',
  description: 'A Middy framework for API Gateway WebSocket APIs with SQS fan-out, in TypeScript',
  base: process.env.DOCS_BASE ?? '/',
  outDir: '../build/docs',
  cacheDir: '../build/docs-cache',
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: `${process.env.DOCS_BASE ?? '/'}logo.svg` }]],
  markdown: { theme: { light: 'github-light', dark: 'github-dark' } },
  themeConfig: {
    logo: '/logo.svg',
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    nav: [
      { text: 'Get started', link: '/start/clone', activeMatch: '^/start/' },
      { text: 'Guide', link: '/guide/routes', activeMatch: '^/guide/' },
      { text: 'Recipes', link: '/recipes/event-bridge', activeMatch: '^/recipes/' },
      { text: 'CDK', link: '/reference/middy-fanout/infra/', activeMatch: '^/reference/middy-fanout/infra/' },
      {
        text: 'API',
        activeMatch: '^/reference/(?!middy-fanout/infra/)',
        items: [
          {
            text: 'middy-fanout',
            link: '/reference/middy-fanout/',
            activeMatch: '^/reference/middy-fanout/(?!infra|schemas|testing)',
          },
          { text: 'middy-fanout/schemas', link: '/reference/middy-fanout/schemas/' },
          { text: 'middy-fanout/testing', link: '/reference/middy-fanout/testing/' },
          { text: 'middy-fanout-local', link: '/reference/middy-fanout-local/' },
        ],
      },
    ],
    sidebar: {
      '/': SIDEBAR,
      '/reference/': [{ text: 'All modules', link: '/reference/' }, ...reference],
    },
    docFooter: { prev: 'Previous', next: 'Next' },
  },
  buildEnd: ({ outDir }) => checkAnchors(outDir),
});
