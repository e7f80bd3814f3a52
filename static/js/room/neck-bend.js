const VERTEX = `
  vec4 mvPosition = vec4(transformed, 1.0);
  vec4 stood = modelMatrix * mvPosition;
  float held = smoothstep(bendFrom, bendTo, stood.y);
  float angle = bendAngle * held;
  vec3 arm = stood.xyz - bendPivot;
  stood.xyz = bendPivot + arm * cos(angle) + cross(bendAxis, arm) * sin(angle)
    + bendAxis * dot(bendAxis, arm) * (1.0 - cos(angle));
  #ifndef FLAT_SHADED
    vec3 axisInView = normalize((viewMatrix * vec4(bendAxis, 0.0)).xyz);
    vNormal = vNormal * cos(angle) + cross(axisInView, vNormal) * sin(angle)
      + axisInView * dot(axisInView, vNormal) * (1.0 - cos(angle));
  #endif
  mvPosition = viewMatrix * stood;
  gl_Position = projectionMatrix * mvPosition;
`;

/**
 * Turns the head of a model that has no neck bone: what is above the neck follows, the neck itself
 * bends, the shoulders stay. Done where the vertices are, on the graphics card.
 */
export class NeckBend {
  #axis = { x: 0, y: 1, z: 0 };
  #uniforms;

  constructor(root, eyes, scale) {
    this.#uniforms = {
      bendFrom: { value: eyes.y - 0.24 * scale },
      bendTo: { value: eyes.y - 0.1 * scale },
      bendPivot: { value: { x: eyes.x, y: eyes.y - 0.13 * scale, z: eyes.z - 0.09 * scale } },
      bendAxis: { value: this.#axis },
      bendAngle: { value: 0 },
    };
    const materials = new Set();
    root.traverse((object) => {
      for (const material of [object.material].flat().filter(Boolean)) materials.add(material);
    });
    for (const material of materials) {
      material.onBeforeCompile = (shader) => this.#rewrite(shader);
    }
  }

  /** `{yaw, pitch, roll}` in radians, from straight ahead. */
  turn({ yaw, pitch, roll }) {
    // Yaw about y, then pitch about x, then roll about z, as a quaternion; then as axis and angle.
    const [y, x, z] = [yaw / 2, -pitch / 2, -roll / 2];
    const [cx, cy, cz] = [Math.cos(x), Math.cos(y), Math.cos(z)];
    const [sx, sy, sz] = [Math.sin(x), Math.sin(y), Math.sin(z)];
    const axis = [
      sx * cy * cz + cx * sy * sz,
      cx * sy * cz - sx * cy * sz,
      cx * cy * sz - sx * sy * cz,
    ];
    const sine = Math.hypot(...axis);
    if (sine > 1e-6) [this.#axis.x, this.#axis.y, this.#axis.z] = axis.map((part) => part / sine);
    this.#uniforms.bendAngle.value = 2 * Math.atan2(sine, cx * cy * cz + sx * sy * sz);
  }

  #rewrite(shader) {
    Object.assign(shader.uniforms, this.#uniforms);
    shader.vertexShader = shader.vertexShader
      .replace(
        "#include <common>",
        `#include <common>
        uniform float bendFrom, bendTo, bendAngle;
        uniform vec3 bendPivot, bendAxis;`,
      )
      .replace("#include <project_vertex>", VERTEX);
  }
}
