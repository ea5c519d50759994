"""The main job: from a flow, a Brevitas model or a QONNX file to a verified output folder."""
