// The upload page, and that on which a recording is replaced.
import Alpine from "@alpinejs/csp";
import { replacing } from "./upload/replacing.js";
import { uploads } from "./upload/uploads.js";

Alpine.data("uploads", uploads);
Alpine.data("replacing", replacing);
