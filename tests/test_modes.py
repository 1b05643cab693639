"""Switches that turn recording off and on, as PyTorch 2.13 has them."""

import asyncio
import threading

import pytest

import tinytorch as torch


@pytest.mark.parametrize("switch", [torch.no_grad, torch.inference_mode])
def test_nothing_is_recorded_within_with_and_without_brackets(switch):
    x = torch.ones(2, requires_grad=True)
    with switch():
        assert not torch.is_grad_enabled()
        assert not (x * 2).requires_grad
    assert torch.is_grad_enabled()
    assert not switch(lambda: x * 2)().requires_grad
    assert not switch()(lambda: x * 2)().requires_grad


def test_inference_mode_says_so_and_can_be_switched_off():
    x = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        assert torch.is_inference_mode_enabled()
        with torch.inference_mode(mode=False):
            assert not torch.is_inference_mode_enabled()
            assert (x * 2).requires_grad
        assert torch.is_inference_mode_enabled()
    assert not torch.is_inference_mode_enabled()


def test_a_generator_switches_only_while_it_runs():
    @torch.no_grad()
    def steps():
        got = yield torch.is_grad_enabled()
        try:
            yield got
        except ValueError:
            yield torch.is_grad_enabled()
        return "end"

    found = steps()
    assert next(found) is False
    assert torch.is_grad_enabled()
    assert found.send(3) == 3
    assert found.throw(ValueError) is False
    with pytest.raises(StopIteration) as end:
        next(found)
    assert end.value.value == "end"


def test_a_closed_generator_ends_in_its_mode():
    @torch.no_grad()
    def steps():
        try:
            yield 1
        finally:
            ends.append(torch.is_grad_enabled())

    ends = []
    found = steps()
    next(found)
    found.close()
    assert ends == [False] and torch.is_grad_enabled()


def test_generators_in_turn_do_not_disturb_each_other():
    def steps():
        yield torch.is_grad_enabled()
        yield torch.is_grad_enabled()

    off, on = torch.set_grad_enabled(False)(steps)(), torch.enable_grad()(steps)()
    assert [next(off), next(on), torch.is_grad_enabled(), next(off), next(on)] == [False, True, True, False, True]


def test_a_coroutine_runs_in_the_mode_of_who_waits_for_it():
    async def look():
        return torch.is_grad_enabled()

    assert asyncio.run(torch.no_grad()(look)()) is True


@pytest.mark.parametrize("switch", [torch.no_grad, torch.no_grad(), torch.set_grad_enabled(True), torch.inference_mode])
def test_classes_are_decorated_with_a_warning(switch):
    class Plain:
        def __init__(self):
            self.recorded = torch.is_grad_enabled()

    with pytest.warns(FutureWarning, match="Decorating classes is deprecated and will be disabled in future versions"):
        made = switch(Plain)
    assert made().recorded is isinstance(switch, torch.set_grad_enabled)


@pytest.mark.parametrize("kind", [torch.no_grad, torch.inference_mode])
def test_a_switch_can_be_used_within_itself(kind):
    switch, found = kind(), []
    with switch:
        with torch.enable_grad():
            with switch:
                found.append(torch.is_grad_enabled())
            found.append(torch.is_grad_enabled())
        found.append(torch.is_grad_enabled())
    assert [*found, torch.is_grad_enabled()] == [False, True, False, True]


def test_a_recursive_function_is_decorated_at_every_depth():
    @torch.no_grad()
    def look(depth):
        return [torch.is_grad_enabled(), *(look(depth - 1) if depth else [])]

    assert look(3) == [False] * 4 and torch.is_grad_enabled()


def test_a_decorated_function_serves_threads_that_record_and_threads_that_do_not():
    meet = threading.Barrier(2)

    @torch.no_grad()
    def wait():
        meet.wait(10)

    def run(recording):
        with torch.set_grad_enabled(recording):
            for _ in range(50):
                wait()
                found.append(torch.is_grad_enabled() is recording)

    found = []
    threads = [threading.Thread(target=run, args=(recording,)) for recording in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 100


def test_a_new_thread_records():
    found = []
    with torch.no_grad(), torch.inference_mode():
        thread = threading.Thread(target=lambda: found.append((torch.is_grad_enabled(), torch.ones(1).is_inference())))
        thread.start()
        thread.join()
    assert found == [(True, False)]


def test_set_grad_enabled_switches_at_once_and_as_a_decorator_only_while_the_function_runs():
    switch = torch.set_grad_enabled(False)
    assert not torch.is_grad_enabled()
    assert repr(switch) == "torch.autograd.grad_mode.set_grad_enabled(mode=False)"
    look = switch(torch.is_grad_enabled)
    assert torch.is_grad_enabled() and not look() and torch.is_grad_enabled()
    with pytest.raises(TypeError, match=r"argument 'enabled' \(position 1\) must be bool, not int"):
        torch.set_grad_enabled(1)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("kind", [torch.no_grad, torch.inference_mode])
def test_an_error_within_puts_the_switch_back(kind):
    with pytest.raises(ZeroDivisionError), kind():
        _ = 1 / 0
    with pytest.raises(ZeroDivisionError):
        kind()(lambda: 1 / 0)()
    assert torch.is_grad_enabled() and not torch.is_inference_mode_enabled() and not torch.ones(1).is_inference()
