"""Tests of the bridge itself: what crosses the border comes back as it was."""
import errno
import gc
import os
import queue
import threading
import unittest
import weakref

from _telar import Native, members as _t


class Box(Native):
    def __init__(self, value):
        _t.Runtime_box_new(self, value)

    value = property(_t.Runtime_box_value)


class Thing:
    pass


class BridgeTest(unittest.TestCase):
    def test_value_is_the_same_object(self):
        thing = Thing()
        self.assertIs(Box(thing).value, thing)
        self.assertIsNone(Box(None).value)

    def test_value_lives_as_long_as_its_holder(self):
        thing = Thing()
        alive = weakref.ref(thing)
        box = Box(thing)
        del thing
        gc.collect()
        self.assertIsNotNone(alive())
        del box
        gc.collect()
        self.assertIsNone(alive())

    def test_callback_gets_and_returns_values(self):
        self.assertEqual(_t.Runtime_call(lambda number: number * 2, 21), 42)

    def test_exception_of_a_callback_is_the_same_object(self):
        error = KeyError("mine")

        def fail(_):
            raise error

        try:
            _t.Runtime_call(fail, None)
        except KeyError as caught:
            self.assertIs(caught, error)
            self.assertEqual(caught.__traceback__.tb_next.tb_frame.f_code.co_name, "fail")
        else:
            self.fail("no exception")

    def test_exception_of_a_comparison_is_the_same_object_and_the_queue_goes_on(self):
        error = ArithmeticError("cannot compare")

        class Bad:
            def __lt__(self, other):
                raise error

        items = queue.PriorityQueue()
        items.put(Bad())
        with self.assertRaises(ArithmeticError) as caught:
            items.put(Bad())
        self.assertIs(caught.exception, error)
        self.assertEqual((items.qsize(), items.unfinished_tasks), (1, 1))
        self.assertIsInstance(items.get(), Bad)

    def test_wrong_arguments_are_type_errors(self):
        for call in (lambda: _t.Runtime_call(1), lambda: _t.Runtime_call(5, 5), lambda: _t.Runtime_box_value(3)):
            with self.assertRaises(TypeError):
                call()

    def test_text_and_bytes_come_back_as_they_were(self):
        for text in ("", "plain", "\u00e4\u20ac\U0001f600", "lone \udcff and \ud800", "\ufeffmark", "zero\0"):
            self.assertEqual(_t.Runtime_text(text), text)
        for data in (b"", b"\x00\xff", bytes(range(256)) * 1000):
            self.assertEqual(_t.Runtime_bytes(data), data)
        self.assertEqual(_t.Runtime_texts(("a", "", "\udc80")), ("a", "", "\udc80"))

    def test_error_of_the_system_has_its_number_and_file(self):
        with self.assertRaises(FileNotFoundError) as caught:
            _t.Runtime_missing("no/such\udcff")
        error = caught.exception
        self.assertEqual((error.errno, error.strerror, error.filename), (errno.ENOENT, os.strerror(errno.ENOENT), "no/such\udcff"))

    def test_calls_and_callbacks_on_many_threads(self):
        failures = []

        def work():
            for number in range(2000):
                if _t.Runtime_call(lambda got: got, number) != number:
                    failures.append(number)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])

    def test_what_blocks_lets_other_threads_run(self):
        items = queue.Queue()
        got = []
        reader = threading.Thread(target=lambda: got.append(items.get()))
        reader.start()
        items.put("x")
        reader.join()
        self.assertEqual(got, ["x"])
