"""Regions cut out of a map hold against onnxruntime, and against what TensorFlow's documentation says, in loops."""

import itertools
import math

import numpy as np
import pytest

from convcost.execute import execute_op
from convcost.execute.region import boxes
from convcost.ops import Crop


def sampled(image, box, size):
    """Resample one region of an image (C, H, W) as crop_and_resize is documented, one place at a time, in float64."""
    result = np.zeros((len(image), *size))
    for place in itertools.product(*(range(extent) for extent in size)):
        at = []
        for (begin, end), extent, places, index in zip(box, image.shape[1:], size, place, strict=True):
            step = (end - begin) * (extent - 1) / (places - 1) if places > 1 else 0
            at.append((begin * (extent - 1) if places > 1 else (begin + end) / 2 * (extent - 1)) + index * step)
        if any(not 0 <= y <= extent - 1 for y, extent in zip(at, image.shape[1:], strict=True)):
            continue  # extrapolated with 0
        for neighbour in itertools.product(*({math.floor(y), math.ceil(y)} for y in at)):
            weight = math.prod(1 - abs(y - n) for y, n in zip(at, neighbour, strict=True))
            result[(slice(None), *place)] += weight * image[(slice(None), *neighbour)]
    return result


@pytest.mark.parametrize(
    ("shape", "size", "count"),
    [((2, 3, 11, 17), (3, 5), 7), ((1, 2, 5, 4), (9, 1), 3), ((2, 3, 7), (4,), 5), ((1, 2, 4, 3, 5), (2, 3, 2), 2)],
)
def test_places_are_those_of_crop_and_resize(shape, size, count, normal, close):
    x = normal(*shape)
    ours, seen = execute_op(Crop(size, count=count), x)
    theirs = [sampled(image.astype(float), box, size) for image in x for box in boxes(count, len(size))]
    close(ours, np.stack(theirs))
    assert seen.shape == (shape[0] * count, shape[1], *size)
    assert seen.trainable == seen.running == 0


def test_inside_the_map_it_is_the_roi_align_of_another_box(onnx_op, normal, close):
    """RoIAlign with one sample a bin looks into the middle of bins; crop_and_resize from corner to corner."""
    x, size = normal(1, 3, 11, 17), (3, 5)
    inside = [box for box in boxes(12, 2) if all(begin >= 0 and end <= 1 for begin, end in box)]
    assert len(inside) >= 3
    rois = []
    for box in inside:
        corners = []
        for (begin, end), extent, places in zip(box, x.shape[2:], size, strict=True):
            first, step = begin * (extent - 1), (end - begin) * (extent - 1) / (places - 1)
            corners.append((first + 0.5 - step / 2, first + 0.5 + (places - 0.5) * step))
        rois.append([corners[1][0], corners[0][0], corners[1][1], corners[0][1]])
    theirs = onnx_op(
        "RoiAlign",
        x,
        np.array(rois, np.float32),
        np.zeros(len(rois), np.int64),
        output_height=size[0],
        output_width=size[1],
        sampling_ratio=1,
        coordinate_transformation_mode="half_pixel",
    )
    ours, _ = execute_op(Crop(size, count=12), x)
    close(ours[[boxes(12, 2).index(box) for box in inside]], theirs)


def test_boxes_differ_and_some_lie_partly_outside():
    found = boxes(300, 2)
    assert len(set(found)) == 300
    outside = [box for box in found if any(begin < 0 or end > 1 for begin, end in box)]
    assert 30 < len(outside) < 270
    assert all(begin < 1 and end > 0 and end - begin >= 0.25 for box in found for begin, end in box)


def test_what_says_where_regions_lie_is_read_and_not_looked_at(normal):
    x, guide = normal(2, 3, 5, 7), normal(2, 12)
    alone, seen = execute_op(Crop((2, 2), count=3), x)
    guided, more = execute_op(Crop((2, 2), count=3), x, np.full_like(guide, np.nan))
    np.testing.assert_array_equal(alone, guided)
    assert more.all == seen.all
    assert more.input_elements == seen.input_elements + guide.size
