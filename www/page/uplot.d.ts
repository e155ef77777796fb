// The build puts uPlot's own file at ./vendor; its types come from the npm package.
declare module '*/uPlot.esm.js' {
  import uPlot from 'uplot';
  export default uPlot;
}
