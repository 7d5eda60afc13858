Feature: Live events

  What happens to a customer shows on its screens in the moment in which it happens, so that nobody decides on what was true a minute ago.
  Each customer sees its own events and no others. What a screen makes of them is out of scope here.

  Background:
    Given customer "Northwind" has signed up

  @REQ-RTU-001
  Rule: A connection must receive the events of its own customer and never those of anybody else

    Scenario: What happens to one customer is told to that customer alone
      Given customer "Tinker" has signed up
      And every customer follows its live events
      When three agents of "Tinker" register at the same moment
      Then "Tinker" is told of three agents
      And "Northwind" is told nothing

    Scenario: Another customer's events are refused as if there were no such customer
      Given customer "Tinker" has signed up
      When "Tinker" asks to follow the live events of "Northwind"
      Then it is refused as for a customer that does not exist

  @REQ-RTU-002
  Rule: Events must arrive in the order in which they happened, numbered without gaps

    Scenario: The working day of an agent is told in its order
      Given every customer follows its live events
      When an agent of the customer registers, works, fails and leaves
      Then these events arrive in this order:
        | event                | what it says |
        | agent status changed | active       |
        | task failed          | failed       |
        | agent status changed | unavailable  |
      And they are numbered without gaps

    @needs_records
    Scenario: What happens at the same moment is numbered without gaps
      Given every customer follows its live events
      When 20 agents of "Northwind" register at the same moment
      Then "Northwind" is told of 20 agents
      And they are numbered without gaps
      And they are told as they are on record

    Scenario: Who comes later is told the same events under the same numbers
      Given every customer follows its live events
      And an agent of the customer has registered, worked, failed and left
      When somebody else of the customer follows its live events from the first on
      Then both have been told the same

  @REQ-RTU-006
  Rule: A connection without a valid token must be refused

    Scenario Outline: A connection with a token that is <flawed> is refused
      When somebody follows the live events of "Northwind" with a token that is <flawed>
      Then the connection is refused for want of a valid token

      Examples:
        | flawed                  |
        | absent                  |
        | invented                |
        | altered                 |
        | unsigned                |
        | signed with another key |
        | meant for renewal only  |

    @needs_signing
    Scenario Outline: A connection with a token that is <flawed> is refused, although it is signed with the right key
      When somebody follows the live events of "Northwind" with a token that is <flawed>
      Then the connection is refused for want of a valid token

      Examples:
        | flawed                     |
        | expired                    |
        | meant for another audience |

    @needs_signing
    Scenario: A connection with a valid token is not refused
      When somebody follows the live events of "Northwind" with a token that is valid
      Then the connection is open
