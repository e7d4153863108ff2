import DefaultTheme from 'vitepress/theme';
import FanOutDiagram from './FanOutDiagram.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }: { app: { component(name: string, component: unknown): unknown } }) => {
    app.component('FanOutDiagram', FanOutDiagram);
  },
};
