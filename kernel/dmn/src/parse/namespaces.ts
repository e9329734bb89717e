/** The namespaces of DMN 1.1, 1.2, 1.3, 1.4 and 1.5 models, in that order. */
export const DMN_NAMESPACES: readonly string[] = [
  "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
  "http://www.omg.org/spec/DMN/20180521/MODEL/",
  "https://www.omg.org/spec/DMN/20191111/MODEL/",
  "https://www.omg.org/spec/DMN/20211108/MODEL/",
  "https://www.omg.org/spec/DMN/20230324/MODEL/",
];
